/** How often the host is looked for, ms. */
const TICK_MS = 500;
/** How many ticks in a row no connection may be there: a minute. A host keeps one open, and replaces a broken one at once. */
const LONELY_TICKS = 120;
/** The parent's end is believed at the second look: what it has sent last is read before. */
const ORPHANED_TICKS = 2;

export interface HostWatchOptions {
  /** The process that started this one. */
  readonly startedBy: number;
  /** Another one as soon as that has ended. */
  readonly parent: () => number;
  /** How many connections there are. */
  readonly connections: () => number;
  /** Called once, with what was seen. */
  readonly onGone: (reason: string) => void;
}

/**
 * Notices that the host is gone: go-plugin's own plugins run on for ever after a host that was killed, and would keep
 * the lease of its group. Ticks are counted and not time: a process that was stopped, or a computer that slept, has lost
 * nothing when it goes on.
 */
export class HostWatch {
  readonly #options: HostWatchOptions;
  readonly #timer: NodeJS.Timeout;
  #lonely = 0;
  #orphaned = 0;

  constructor(options: HostWatchOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    const { startedBy, parent, connections, onGone } = this.#options;
    this.#orphaned = parent() === startedBy ? 0 : this.#orphaned + 1;
    this.#lonely = connections() > 0 ? 0 : this.#lonely + 1;
    if (this.#orphaned < ORPHANED_TICKS && this.#lonely < LONELY_TICKS) return;
    this.stop();
    onGone(
      this.#orphaned >= ORPHANED_TICKS
        ? 'the process that started this plugin has ended'
        : 'no host has been connected for a minute',
    );
  }
}
