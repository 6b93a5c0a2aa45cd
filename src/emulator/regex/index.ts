import { run } from './automaton.js';
import { compile } from './compiler.js';
import { RegexParser } from './parser.js';
import { RegularExpressionError, type RegexNode } from './syntax.js';

export { RegularExpressionError } from './syntax.js';

const MAX_TEXT = 64 * 1024;

export interface RegularExpressionOptions {
  /** POSIX extended instead of basic. */
  readonly extended?: boolean | undefined;
  readonly ignoreCase?: boolean | undefined;
  /** No special characters at all (`grep -F`). */
  readonly fixed?: boolean | undefined;
  /** The whole text has to fit (`grep -x`). */
  readonly whole?: boolean | undefined;
}

export interface Match {
  readonly start: number;
  readonly end: number;
  /** The whole match, then each group; undefined for groups that took no part. */
  readonly groups: readonly (string | undefined)[];
}

export interface RegularExpression {
  readonly groups: number;
  /** The leftmost match at or after `from`. */
  search(text: string, from?: number): Match | undefined;
}

/**
 * A POSIX expression as grep and sed have them. Not JavaScript's own engine, because that one can be kept
 * busy for ever by an expression from outside. Throws RegularExpressionError.
 */
export function compileRegularExpression(
  source: string,
  options: RegularExpressionOptions,
): RegularExpression {
  const parsed =
    options.fixed === true ? literal(source) : new RegexParser(source, options.extended ?? false).parse();
  const { groups } = parsed;
  const bounded = options.whole === true ? whole(parsed.tree) : parsed.tree;
  const program = compile(bounded, options.ignoreCase ?? false);
  return {
    groups,
    search: (text, from = 0) => {
      if (text.length > MAX_TEXT) throw new RegularExpressionError('emulated guest: line too long');
      const slots = run(program, text, from);
      if (slots === undefined) return undefined;
      const found = Array.from({ length: groups + 1 }, (_unused, group) => {
        const [start, end] = [slots[group * 2], slots[group * 2 + 1]];
        return start === undefined || end === undefined ? undefined : text.slice(start, end);
      });
      return { start: slots[0] ?? 0, end: slots[1] ?? 0, groups: found };
    },
  };
}

function literal(source: string): { tree: RegexNode; groups: number } {
  const items = Array.from(source, (char): RegexNode => ({
    kind: 'character',
    test: (other) => other === char,
  }));
  return { tree: { kind: 'sequence', items }, groups: 0 };
}

function whole(tree: RegexNode): RegexNode {
  const [start, end] = [
    { kind: 'assertion', assertion: 'start' },
    { kind: 'assertion', assertion: 'end' },
  ] as const;
  return { kind: 'sequence', items: [start, tree, end] };
}
