import { isMap, isNode, isPair, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import type { FileProblem } from './problem.js';

/** A place in the file: keys and indexes from the top. */
export type Path = readonly (string | number)[];

/** A parsed file that knows where everything stands. */
export interface YamlText {
  /** undefined when there is nothing in it. */
  readonly value: unknown;
  /** What is wrong with the syntax. */
  readonly problems: readonly FileProblem[];
  /** True when there is something at the path. */
  has(path: Path): boolean;
  /** A problem at the key or item of the path; at what is around it, when the path leads nowhere. */
  problemAt(path: Path, text: string): FileProblem;
}

export function readYaml(text: string): YamlText {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false });
  const at = (offset: number, problem: string): FileProblem => {
    const { line, col } = counter.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1), text: problem };
  };
  const faults = [...document.errors, ...document.warnings].map((error) => at(error.pos[0], error.message));
  return {
    value: faults.length > 0 ? undefined : plainValue(document),
    problems: faults,
    has: (path) => document.hasIn(path),
    problemAt: (path, problem) => at(offsetOf(document, path), problem),
  };
}

function plainValue(document: Document): unknown {
  // A bomb of aliases is refused by the library from 100 on.
  return document.toJS({ maxAliasCount: 100 });
}

/** Where the key of the path's last part begins, or the nearest thing around it. */
function offsetOf(document: Document, path: Path): number {
  for (let length = path.length; length > 0; length--) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const last = path[length - 1];
    if (isMap(parent)) {
      const pair = parent.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === last);
      if (pair !== undefined && isNode(pair.key)) return pair.key.range?.[0] ?? 0;
    }
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node)) return node.range?.[0] ?? 0;
  }
  return document.contents?.range?.[0] ?? 0;
}
