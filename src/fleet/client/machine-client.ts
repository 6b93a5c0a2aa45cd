import { spawn } from 'node:child_process';
import { OperationError, poll, systemClock, systemCode, type Probed } from '../../support/index.js';
import { isAlive, signalGroup } from '../../process/index.js';
import { LineReader } from './lines.js';

export interface ClientOptions {
  /** docker-machine, rancher-machine, or a path. */
  readonly command: string;
  /** The whole environment of its processes; passwords are in it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface RunOptions {
  /** Every line that it writes, without line end. */
  readonly onLine?: ((line: string) => void) | undefined;
  /** Its process group, as soon as it runs. */
  readonly onStart?: ((pid: number) => void | Promise<void>) | undefined;
  /** Aborted = it is interrupted as by Ctrl-C and given time to clean up. */
  readonly signal?: AbortSignal | undefined;
  /** Aborted = it is killed. */
  readonly kill?: AbortSignal | undefined;
}

export interface RunResult {
  /** undefined when a signal ended it. */
  readonly code: number | undefined;
  readonly stdout: string;
  /** The last lines of both streams. */
  readonly tail: readonly string[];
}

/** A plugin outlives an interrupted client while it removes what was made so far; this long, ms. */
const CLEANUP_LIMIT = 90_000;
/** Between two probes of whether its processes have ended, ms. */
const GROUP_PAUSE = 50;
const LONGEST_STDOUT = 4 * 1024 * 1024;
const TAIL = 12;

/** docker-machine or a relative, as processes. Each is a group of its own, so that Ctrl-C does not reach it twice. */
export class MachineClient {
  constructor(readonly options: ClientOptions) {}

  /** Runs a command line to its end, whatever comes of it. Rejects only when the program cannot be started. */
  async run(args: readonly string[], { onLine, onStart, signal, kill }: RunOptions = {}): Promise<RunResult> {
    const { command, environment } = this.options;
    const child = spawn(command, args, {
      env: { ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let stdout = '';
    const tail: string[] = [];
    const take = (line: string): void => {
      tail.push(line);
      if (tail.length > TAIL) tail.shift();
      onLine?.(line);
    };
    const readers = [new LineReader(take), new LineReader(take)] as const;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (stdout.length < LONGEST_STDOUT) stdout += text;
      readers[0].push(text);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => readers[1].push(text));
    const ended = new Promise<number | undefined>((resolve, reject) => {
      child.on('error', (error) => reject(notStarted(command, error)));
      child.on('close', (code) => resolve(code ?? undefined));
    });
    const { pid } = child;
    const stop = (): void => {
      if (pid !== undefined) signalGroup(pid, 'SIGINT');
    };
    const end = (): void => {
      if (pid !== undefined) signalGroup(pid, 'SIGKILL');
    };
    signal?.addEventListener('abort', stop, { once: true });
    kill?.addEventListener('abort', end, { once: true });
    try {
      if (pid !== undefined) await Promise.race([onStart?.(pid), ended]);
      if (signal?.aborted === true) stop();
      const code = await ended;
      for (const reader of readers) reader.end();
      if (pid !== undefined && signal?.aborted === true) await groupEnds(pid, CLEANUP_LIMIT, kill);
      return { code, stdout, tail };
    } finally {
      signal?.removeEventListener('abort', stop);
      kill?.removeEventListener('abort', end);
    }
  }

  /** Runs one that has to succeed; what it wrote to stdout. */
  async require(args: readonly string[], attempted: string, options: RunOptions = {}): Promise<string> {
    const { code, stdout, tail } = await this.run(args, options);
    if (code === 0) return stdout;
    throw new OperationError({ code: 'task-failed', attempted, problem: lastWords(tail, code) });
  }
}

/** Waits until no process of a group is left; true when none is. */
export async function groupEnds(pid: number, limit: number, kill?: AbortSignal): Promise<boolean> {
  const until = systemClock.now() + limit;
  const attempt = (): Promise<Probed<boolean>> => {
    const ended = !isAlive(-pid);
    const isOver = ended || kill?.aborted === true || systemClock.now() > until;
    return Promise.resolve(isOver ? { ready: true, value: ended } : { ready: false });
  };
  return await poll(attempt, { clock: systemClock, delays: () => GROUP_PAUSE });
}

/** What a failed client said last: its error line when there is one. */
export function lastWords(tail: readonly string[], code: number | undefined): string {
  const words = tail.map((line) => line.trim()).filter((line) => line !== '');
  const error = words.findLast((line) => /^(error|\S+: error)\b/i.test(line)) ?? words.at(-1);
  const end = code === undefined ? 'was ended by a signal' : `ended with status ${code}`;
  return error ?? `the client ${end} without a word`;
}

function whereMissing(command: string): string {
  return command.includes('/') ? 'it does not exist' : 'it is not on the PATH';
}

function notStarted(command: string, cause: Error): OperationError {
  const missing = systemCode(cause) === 'ENOENT';
  return new OperationError({
    code: missing ? 'not-found' : 'internal',
    attempted: `start ${command}`,
    problem: missing ? whereMissing(command) : cause.message,
    advice:
      'Install docker-machine or rancher-machine, or name one in the environment variable DOCKER_MACHINE.',
    cause,
  });
}
