import { inOrder } from '../declaration/load.js';
import { problemLine, type FileProblem } from '../declaration/problem.js';

/** What is wrong: at its place in the file where it has one, else a sentence. */
export type Problem = FileProblem | string;

/** Something is wrong that could be known before anything was made, so nothing was. `problems` is never empty. */
export class NotReady extends Error {
  override readonly name = 'NotReady';

  /** `file`: as the user named it. */
  constructor(file: string, problems: readonly Problem[]) {
    super(linesOf(file, problems).join('\n'));
  }
}

/** What has a place in the file first, in the order of the file; each problem once. */
function linesOf(file: string, problems: readonly Problem[]): string[] {
  const placed = problems.filter((problem) => typeof problem !== 'string');
  const others = new Set(problems.filter((problem) => typeof problem === 'string'));
  const lines = [...inOrder(placed).map((problem) => problemLine(file, problem)), ...others];
  const count = lines.length === 1 ? '1 problem' : `${lines.length} problems`;
  return [...lines, `${count}; nothing was made or changed.`];
}
