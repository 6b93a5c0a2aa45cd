import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { OperationError } from '../support/index.js';
import { PROGRAM_PATH, startFailure, type Program } from './programs.js';

export interface BackgroundCall {
  readonly args: readonly string[];
  /** A network namespace other than ours. */
  readonly namespace?: string;
  readonly attempted: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** A program that runs beside the simulator. The kernel ends it hard when the simulator ends, however that happens. */
export class BackgroundProgram {
  readonly #child: ChildProcess;
  #words = '';
  /** Resolves with its exit status when it has ended; undefined = it was ended by a signal. */
  readonly ended: Promise<number | undefined>;

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.stderr?.on(
      'data',
      (chunk: Buffer) => (this.#words = `${this.#words}${chunk.toString()}`.slice(-1_000)),
    );
    this.ended = new Promise((resolve) => child.once('close', (code) => resolve(code ?? undefined)));
  }

  /** Rejects with an OperationError when it is not there. */
  static async start(program: Program, call: BackgroundCall): Promise<BackgroundProgram> {
    const { args, namespace, attempted, environment = {} } = call;
    const inside = namespace === undefined ? [] : ['ip', 'netns', 'exec', namespace];
    const [first = '', ...others] = [...inside, 'setpriv', '--pdeathsig', 'KILL', '--', program, ...args];
    const child = spawn(first, others, {
      stdio: 'pipe',
      cwd: '/',
      env: { ...environment, PATH: PROGRAM_PATH, LC_ALL: 'C' },
    });
    const started = new BackgroundProgram(child);
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (error) => reject(startFailure('setpriv', attempted, error)));
    });
    return started;
  }

  /** What it reads, and what it writes. */
  streams(): { readonly input: Writable; readonly output: Readable } {
    const { stdin, stdout } = this.#child;
    if (stdin === null || stdout === null) throw new Error('the program was started without pipes');
    return { input: stdin, output: stdout };
  }

  /** The end of what it wrote to stderr, on one line. */
  lastWords(): string {
    return this.#words.trim().replaceAll(/\s*\n\s*/g, ' | ') || 'nothing';
  }

  /** The error of a program that ended though it should run. */
  failure(attempted: string, cause: unknown): OperationError {
    const problem = `it ended at once: ${this.lastWords()}`;
    return new OperationError({ code: 'task-failed', attempted, problem, cause });
  }

  /** Hard; resolves when it is gone. Idempotent. */
  async end(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.ended;
  }
}
