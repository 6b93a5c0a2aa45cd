import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { start, type Outcome, type Running } from './run.js';

export const ROOT = join(__dirname, '..', '..');

export function dist(name: string): string {
  return join(ROOT, 'dist', name);
}

/**
 * Environment of packaged programs that are started hundreds of times and killed after half a second: Bun's engine runs the same
 * code without compiling it, which takes half of the CPU time of such a process and never pays.
 */
export const UNCOMPILED = { BUN_JSC_useJIT: '0' } as const;

const REAL = join(ROOT, '.tools', 'docker-machine');
const SMALL = join(__dirname, 'client', 'machine');
/**
 * What DOCKER_MACHINE names, or the docker-machine of `make tools`; where that could not be built, our own
 * small client, unless REQUIRE_REAL_CLIENT=1.
 */
export const DOCKER_MACHINE =
  process.env['DOCKER_MACHINE'] ??
  (existsSync(REAL) || process.env['REQUIRE_REAL_CLIENT'] === '1' ? REAL : SMALL);
export const RANCHER_MACHINE = join(ROOT, '.tools', 'rancher-machine');

/** A real libmachine client with a store of its own, our executables on the PATH, and no variable of the tester's. */
export class Machine {
  readonly store: string;
  /** A program is killed after so many ms; five minutes. */
  limit: number | undefined;
  readonly #env: NodeJS.ProcessEnv;
  /** Of all that have this store. */
  readonly #running: Set<Running>;

  constructor(
    readonly command: string,
    env: Readonly<Record<string, string | undefined>>,
    /** The folder in which command lines run. */
    readonly cwd?: string,
    store = mkdtempSync(join(tmpdir(), 'machine-store-')),
    running = new Set<Running>(),
  ) {
    this.store = store;
    this.#running = running;
    const own = Object.entries(process.env).filter(([name]) => !/^(NUTANIX|MACHINE|DOCKER)_/.test(name));
    const path = [env['PLUGIN_FOLDER'] ?? join(ROOT, 'dist'), join(ROOT, '.tools'), process.env['PATH']].join(
      ':',
    );
    this.#env = {
      ...Object.fromEntries(own),
      // `docker-machine env` refuses to guess the shell where SHELL is not set, as in a CI job.
      SHELL: '/bin/bash',
      ...env,
      PATH: path,
      MACHINE_STORAGE_PATH: this.store,
      DOCKER_MACHINE: command,
      // A failed create must not be reported to a service outside.
      MACHINE_BUGSNAG_API_TOKEN: 'no-report',
    };
  }

  /** The same client and store with other variables; undefined takes one away. */
  withEnvironment(changes: Readonly<Record<string, string | undefined>>): Machine {
    return new Machine(this.command, { ...this.#env, ...changes }, this.cwd, this.store, this.#running);
  }

  /** Starts a command line of the client. */
  start(...args: string[]): Running {
    return this.startProgram(this.command, ...args);
  }

  /** Starts another program in the same environment. */
  startProgram(program: string, ...args: string[]): Running {
    const running = start(program, args, { env: this.#env, cwd: this.cwd, limit: this.limit });
    this.#running.add(running);
    const over = (): unknown => this.#running.delete(running);
    void running.outcome.then(over, over);
    return running;
  }

  /** Runs a command line of the client, whatever comes of it. */
  attempt(...args: string[]): Promise<Outcome> {
    return this.start(...args).outcome;
  }

  /** Runs a command line that has to succeed; what it wrote to stdout. */
  async run(...args: string[]): Promise<string> {
    const { code, stdout, output } = await this.attempt(...args);
    if (code !== 0) throw new Error(`${args.join(' ')} ended with ${String(code)}: ${output}`);
    return stdout.trimEnd();
  }

  /** The stored config.json. */
  config(name: string): unknown {
    return JSON.parse(readFileSync(join(this.store, 'machines', name, 'config.json'), 'utf8'));
  }

  /** Ends what still runs, as after a test that has failed: a client may hang for as long as its limit. */
  dispose(): void {
    for (const running of this.#running) running.killGroup();
    rmSync(this.store, { recursive: true, force: true });
  }
}
