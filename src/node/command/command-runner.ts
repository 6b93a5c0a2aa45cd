import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { signalGroup } from '../../process/index.js';
import { abortError, awakeTimer, OperationError } from '../../support/index.js';
import { installAdvice, type ProgramName } from './programs.js';

export interface CommandRequest {
  readonly program: ProgramName;
  /** Every user of the host can read them: no secret is among them. */
  readonly args: readonly string[];
  /** What it is for, e.g. `format /dev/sdc`: the beginning of the error's text. */
  readonly attempted: string;
  readonly signal?: AbortSignal | undefined;
  /** Exit statuses that are an answer; others are an error. 0 when absent. */
  readonly answers?: readonly number[] | undefined;
}

export interface CommandOutput {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** More of a program's output is not kept, bytes of each stream. */
const OUTPUT_LIMIT = 1 << 20;
/** How long a program that is asked to end may take before it is ended hard, ms. */
const END_LIMIT = 5000;

/**
 * Starts programs of the system: by their full path, without a shell, with a bare environment, so that nothing of our
 * own (credentials, locale, PATH) reaches them. One command is ended and waited for when the signal is aborted.
 */
export class CommandRunner {
  readonly #folders: readonly string[];

  constructor(folders: readonly string[]) {
    this.#folders = folders;
  }

  /** Full path of a program; undefined = it is not installed. */
  async find(program: ProgramName): Promise<string | undefined> {
    for (const folder of this.#folders) {
      const path = join(folder, program);
      if (await isExecutable(path)) return path;
    }
    return undefined;
  }

  /**
   * Rejects with an OperationError: `unsupported` when the program is missing, the signal's reason when it was aborted,
   * `task-failed` with what the program wrote to stderr when its exit status is none of `answers`.
   */
  async run(request: CommandRequest): Promise<CommandOutput> {
    const { program, args, attempted, signal, answers = [0] } = request;
    const path = await this.find(program);
    if (path === undefined) {
      const problem = `there is no program ${program} on this host`;
      throw new OperationError({ code: 'unsupported', attempted, problem, advice: installAdvice(program) });
    }
    demandTime(signal, attempted);
    const ended = await this.#outcome(path, args, attempted, signal);
    demandTime(signal, attempted);
    if (ended.status !== undefined && answers.includes(ended.status)) {
      return { ...ended, status: ended.status };
    }
    throw failure(program, attempted, ended);
  }

  async #outcome(
    path: string,
    args: readonly string[],
    attempted: string,
    signal: AbortSignal | undefined,
  ): Promise<Ended> {
    // A group of its own: Ctrl+C in a terminal must not hit a mkfs, and what a script has started ends with it.
    const child = spawn(path, [...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: this.#folders.join(':'), LC_ALL: 'C' },
      cwd: '/',
      detached: true,
    });
    const stdout = new Kept();
    const stderr = new Kept();
    child.stdout.on('data', (chunk: Buffer) => stdout.add(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.add(chunk));
    const release = endOnAbort(child, signal);
    try {
      return await new Promise<Ended>((resolve, reject) => {
        child.once('error', (error) => reject(OperationError.from(error, attempted)));
        child.once('close', (code, killedBy) =>
          resolve({
            status: code ?? undefined,
            killedBy: killedBy ?? undefined,
            stdout: stdout.text(),
            stderr: stderr.text(),
          }),
        );
      });
    } finally {
      release();
    }
  }
}

function demandTime(signal: AbortSignal | undefined, attempted: string): void {
  if (signal?.aborted === true) throw abortError(signal, attempted);
}

/** How a program ended: by an exit status or by a signal. */
interface Ended {
  readonly status: number | undefined;
  readonly killedBy: NodeJS.Signals | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** What was read of one stream, up to the limit. */
class Kept {
  readonly #chunks: Buffer[] = [];
  #size = 0;

  add(chunk: Buffer): void {
    if (this.#size < OUTPUT_LIMIT) this.#chunks.push(chunk);
    this.#size += chunk.length;
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }
}

/** Asks the program's group to end when the signal is aborted, later harder. The function returned stops that. */
function endOnAbort(child: ChildProcess, signal: AbortSignal | undefined): () => void {
  const { pid } = child;
  if (signal === undefined || pid === undefined) return () => undefined;
  let timer: ReturnType<typeof awakeTimer> | undefined;
  const end = (): void => {
    signalGroup(pid, 'SIGTERM');
    timer = awakeTimer(END_LIMIT, () => signalGroup(pid, 'SIGKILL'));
  };
  signal.addEventListener('abort', end, { once: true });
  // The signal may have been aborted while the program was being started.
  if (signal.aborted) end();
  return () => {
    signal.removeEventListener('abort', end);
    timer?.clear();
  };
}

function failure(program: string, attempted: string, ended: Ended): OperationError {
  const how =
    ended.status === undefined ? `was ended by ${ended.killedBy ?? '?'}` : `exit status ${ended.status}`;
  const said = (ended.stderr.trim() || ended.stdout.trim()).slice(-1000);
  const problem = said === '' ? `${program}: ${how}` : `${said} (${program}: ${how})`;
  return new OperationError({ code: 'task-failed', attempted, problem });
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
