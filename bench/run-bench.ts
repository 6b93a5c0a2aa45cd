import type { ChildProcess } from 'node:child_process';

/** Programs that a bench has started and that would go on, and keep it alive, when it fails. */
const children = new Set<ChildProcess>();

/** Has the program killed when the bench ends before it. */
export function endedWithBench<Child extends ChildProcess>(child: Child): Child {
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

/** The whole of a bench: it ends with `main`, whatever still runs, and with the error and exit code 1 where that fails. */
export function runBench(main: () => Promise<void>): void {
  process.on('exit', () => {
    for (const child of children) child.kill('SIGKILL');
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
