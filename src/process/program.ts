import { hostname } from 'node:os';
import { askAtTerminal, askSecretAtTerminal } from './terminal-questions.js';
import { VERSION } from './version.js';

/** What a program of the command line gets of the process it runs in. */
export interface ProgramRuntime {
  /** The command line without program and script. */
  readonly args: readonly string[];
  readonly version: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Asks the user; undefined when there is none at a terminal. */
  readonly ask?: ((question: string) => Promise<string>) | undefined;
  /** The same for a secret: what is typed is not shown. */
  readonly askSecret?: ((question: string) => Promise<string>) | undefined;
  /** Aborted by the first Ctrl-C or SIGTERM. */
  readonly stop: AbortSignal;
}

/** The runtime of this process. */
export function programRuntime(stop: AbortSignal): ProgramRuntime {
  return {
    args: process.argv.slice(2),
    version: VERSION,
    environment: process.env,
    ask: process.stdin.isTTY ? async (question) => await askAtTerminal(question, stop) : undefined,
    askSecret: process.stdin.isTTY
      ? async (question) => await askSecretAtTerminal(question, stop)
      : undefined,
    stop,
  };
}

/**
 * `user@computer`, for ownership tags. `os.userInfo()` is of no use: the packaged runtime only reads USER.
 */
export function userAtComputer(environment: ProgramRuntime['environment']): string {
  const names = ['USER', 'LOGNAME', 'USERNAME'].map((name) => environment[name] ?? '');
  const user = names.find((name) => name !== '') ?? `uid-${process.getuid?.() ?? 'unknown'}`;
  return `${user}@${hostname()}`;
}

let isReaderGone = false;

/** The reader of standard output may close the pipe early (`| head`): the work goes on. */
export function surviveClosedOutput(): void {
  process.stdout.on('error', () => (isReaderGone = true));
}

/**
 * Ends this process when the reader of its standard output has all of it, or is gone. A pipe takes 64 KiB at once, and
 * `process.exit` drops what is left: a long list would be cut off.
 */
export function exitWhenPrinted(exitCode: number): void {
  const exit = (): void => process.exit(exitCode);
  if (isReaderGone) exit();
  process.stdout.once('error', exit);
  process.stdout.end(exit);
}
