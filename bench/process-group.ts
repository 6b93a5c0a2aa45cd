import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';

/** What one run of a client has cost, with all that it started: seconds of wall clock and of CPU (user and system). */
export interface RunCost {
  readonly wall: number;
  readonly cpu: number;
  readonly code: number;
  readonly output: string;
  /** Its lines, each with the time at which it came, ms since the beginning. */
  readonly lines: readonly { readonly at: number; readonly text: string }[];
}

const ROOTS = ['/sys/fs/cgroup/cpuacct', '/sys/fs/cgroup'] as const;

/**
 * Processes that are counted together: a control group of the kernel, so that nothing escapes that has ended or detached
 * itself. Needs root.
 */
export class ProcessGroup {
  readonly #folder: string;

  constructor(readonly name: string) {
    const root = ROOTS.find((path) => existsSync(path));
    if (root === undefined) throw new Error('this system has no control groups: run it on Linux, as root');
    this.#folder = join(root, `bench-${process.pid}-${name}`);
    mkdirSync(this.#folder);
  }

  /** A process that writes 0 into it, or its number, is in the group from then on, with all that it starts. */
  get membersFile(): string {
    return join(this.#folder, 'cgroup.procs');
  }

  async run(command: readonly string[], env: NodeJS.ProcessEnv): Promise<RunCost> {
    const before = this.cpuSeconds();
    const began = performance.now();
    const script = 'echo 0 >"$0/cgroup.procs"; exec "$@"';
    const child = spawn('sh', ['-c', script, this.#folder, ...command], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const lines: RunCost['lines'][number][] = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
      createInterface({ input: stream }).on('line', (text) =>
        lines.push({ at: performance.now() - began, text }),
      );
    }
    const [code] = (await once(child, 'exit')) as [number | null];
    const wall = (performance.now() - began) / 1000;
    return { wall, cpu: this.cpuSeconds() - before, code: code ?? -1, output, lines };
  }

  /** Private memory of those of its processes that `counts`, MiB. */
  privateMiB(counts: (commandLine: string) => boolean): number {
    const each = this.#pids().map((pid) => {
      const commandLine = textOf(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');
      if (!counts(commandLine)) return 0;
      const text = textOf(`/proc/${pid}/smaps_rollup`);
      return [...text.matchAll(/^Private_(?:Clean|Dirty):\s+(\d+) kB/gm)].reduce(
        (sum, [, digits]) => sum + Number(digits),
        0,
      );
    });
    return each.reduce((sum, kibibytes) => sum + kibibytes, 0) / 1024;
  }

  /** Ends what still runs in it. */
  async end(): Promise<void> {
    for (let attempt = 0; attempt < 100 && this.#pids().length > 0; attempt += 1) {
      for (const pid of this.#pids()) {
        try {
          process.kill(pid, attempt < 20 ? 'SIGTERM' : 'SIGKILL');
        } catch {
          // It has ended by itself.
        }
      }
      await pause(50);
    }
    rmdirSync(this.#folder);
  }

  #pids(): number[] {
    return textOf(join(this.#folder, 'cgroup.procs')).split('\n').filter(Boolean).map(Number);
  }

  /** Of all its processes so far. */
  cpuSeconds(): number {
    if (readdirSync(this.#folder).includes('cpuacct.usage')) {
      return Number(textOf(join(this.#folder, 'cpuacct.usage'))) / 1e9;
    }
    return Number(/^usage_usec (\d+)/m.exec(textOf(join(this.#folder, 'cpu.stat')))?.[1]) / 1e6;
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
