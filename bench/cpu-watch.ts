import { readdirSync, readFileSync } from 'node:fs';

/** CPU seconds by program. */
export type CpuTimes = Readonly<Record<string, number>>;

interface Seen {
  readonly program: string;
  readonly parent: number;
  readonly own: number;
  /** Of children that have ended and were waited for. */
  readonly children: number;
}

const INTERVAL = 200;
const TICKS = 100;

/**
 * Looks at a process and all its descendants several times a second and keeps what each had used when it was last
 * seen: Linux tells the CPU time of a process only while it lives. Elsewhere nothing is found.
 */
export class CpuWatch {
  readonly #seen = new Map<string, Seen>();
  readonly #timer: NodeJS.Timeout;

  constructor(readonly root: number) {
    this.#timer = setInterval(() => this.#look(), INTERVAL);
  }

  /** By program. Programs too short-lived to be seen (ssh) are in what their parent has waited for. */
  end(): CpuTimes {
    clearInterval(this.#timer);
    const times: Record<string, number> = {};
    for (const { program, own, children } of this.#seen.values()) {
      const waitedFor = program === 'docker-machine' ? children : 0;
      times[program] = (times[program] ?? 0) + own + waitedFor;
    }
    return times;
  }

  #look(): void {
    const now = new Map<number, Seen & { readonly key: string }>();
    for (const name of readdirSync('/proc')) {
      const pid = Number(name);
      const process = Number.isInteger(pid) ? read(pid) : undefined;
      if (process !== undefined) now.set(pid, process);
    }
    for (const [pid, process] of now) {
      if (this.#belongs(pid, now)) this.#seen.set(process.key, process);
    }
  }

  #belongs(pid: number, now: ReadonlyMap<number, Seen>): boolean {
    for (let current: number | undefined = pid; current !== undefined; current = now.get(current)?.parent) {
      if (current === this.root) return true;
    }
    return false;
  }
}

function read(pid: number): (Seen & { readonly key: string }) | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name is in brackets, may hold anything, and is cut at 15 characters: the first argument is whole.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const seconds = (first: number): number => (Number(fields[first]) + Number(fields[first + 1])) / TICKS;
    const own = seconds(11);
    // A process that is just ending has an empty one.
    if (Number.isNaN(own)) return undefined;
    const [argument = ''] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    // One that has ended and was not waited for yet has no arguments any more: what was seen before counts.
    if (argument === '') return undefined;
    return {
      key: `${pid} ${fields[19] ?? ''}`,
      program: argument.split('/').at(-1) ?? '',
      parent: Number(fields[1]),
      own,
      children: seconds(13),
    };
  } catch {
    return undefined;
  }
}
