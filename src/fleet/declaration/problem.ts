/** Something wrong with the file, where a user finds it. */
export interface FileProblem {
  /** From 1 on. */
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

/** As compilers write it, so that editors jump there. */
export function problemLine(file: string, { line, column, text }: FileProblem): string {
  return `${file}:${line}:${column}: ${text}`;
}

/** The flag that a problem of the driver's options names, without dashes. It decides where in the file the problem is shown. */
export function flagNamedIn(text: string): string | undefined {
  return /--(nutanix-[a-z0-9-]+)/.exec(text)?.[1];
}

/** The file cannot be used. `problems` is never empty. */
export class BadFile extends Error {
  override readonly name = 'BadFile';

  constructor(
    readonly file: string,
    readonly problems: readonly FileProblem[],
  ) {
    super(problems.map((problem) => problemLine(file, problem)).join('\n'));
  }
}
