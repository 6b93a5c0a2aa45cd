import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Programs that a bench has started and that would go on, and keep it alive, when it fails. */
const children = new Set<ChildProcess>();

/** Has the program killed when the bench ends before it. */
export function endedWithBench<Child extends ChildProcess>(child: Child): Child {
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

const folders: string[] = [];

/** A temporary folder, which is removed when the bench ends, by Ctrl-C as well. */
export function benchFolder(prefix: string): string {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  folders.push(folder);
  return folder;
}

/** The whole of a bench: it ends with `main`, whatever still runs, and with the error and exit code 1 where that fails. */
export function runBench(main: () => Promise<void>): void {
  process.on('exit', () => {
    for (const child of children) child.kill('SIGKILL');
    // What such a program has started may write for a moment longer.
    for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(1));
  main().then(
    () => process.exit(),
    (error: unknown) => {
      console.error(error instanceof Error && error.name === 'BenchError' ? error.message : error);
      process.exit(1);
    },
  );
}

/** Something that a bench needs is not there: its text says how to get it. */
export class BenchError extends Error {
  override readonly name = 'BenchError';
}
