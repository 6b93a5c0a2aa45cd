import { absolute, Errno } from '../filesystem/index.js';
import { fileSource } from '../os/file-streams.js';
import type { Process } from '../os/process.js';
import { InputStream } from '../os/streams.js';

/** An operand made absolute. */
export function pathOf(process: Process, operand: string): string {
  return absolute(process.cwd, operand);
}

/** The stream behind an operand; `-` is the standard input. Throws Errno. */
export function openInput(process: Process, operand: string): InputStream {
  if (operand === '-') return process.stdin;
  const source = fileSource(process.system.fs, pathOf(process, operand), process.user, process.budget);
  return source === 'stdin' ? process.stdin : new InputStream(source);
}

/**
 * Runs `use` for each operand (the standard input when there is none). A file that cannot be read is
 * reported and gives `failure` as the exit status; the others are still used.
 */
export async function eachInput(
  process: Process,
  operands: readonly string[],
  use: (input: InputStream, operand: string) => Promise<void>,
  failure = 1,
  /** How messages name a file that cannot be read. */
  described: (operand: string) => string = (operand) => operand,
): Promise<number> {
  let status = 0;
  for (const operand of operands.length === 0 ? ['-'] : operands) {
    status = Math.max(
      status,
      await attempt(process, described(operand), () => use(openInput(process, operand), operand), failure),
    );
  }
  return status;
}

/** Runs one step of a program; an Errno is reported as `program: operand: …`. Gives 0 or `failure`. */
export async function attempt(
  process: Process,
  operand: string,
  step: () => void | Promise<void>,
  failure = 1,
): Promise<number> {
  try {
    await step();
    return 0;
  } catch (error) {
    if (!(error instanceof Errno) || error.code === 'EPIPE') throw error;
    const where = error.code === 'ENOSPC' ? 'write error' : operand;
    await process.stderr.line(`${process.args[0] ?? ''}: ${where}: ${error.message}`);
    return failure;
  }
}
