/** How long a client may be silent, ms: libmachine's own limit (reference of the plugin protocol, section 8). */
const SILENCE_LIMIT = 10_000;
/** How often the time is counted, ms. */
const TICK = 500;

export interface WatchdogOptions {
  /** The client has been silent for too long, or is known to be gone. Called once. */
  readonly onSilence: () => void;
  /** Called at every tick: true = no client is connected any more, so the plugin need not wait. */
  readonly isAbandoned: () => boolean;
  /** Milliseconds that only grow. */
  readonly now: () => number;
}

/**
 * Notices that the client is gone: its heartbeats stop. What is counted is not the time that passed but the
 * time in which a heartbeat could have been noticed: a tick that comes late, after a busy event loop, a
 * stopped process or a suspended machine, counts as one tick. And before the alarm, the event loop once more
 * takes in what lies unread in the sockets.
 */
export class Watchdog {
  readonly #options: WatchdogOptions;
  readonly #timer: NodeJS.Timeout;
  #last: number;
  #silence = 0;

  constructor(options: WatchdogOptions) {
    this.#options = options;
    this.#last = options.now();
    this.#timer = setInterval(() => this.#tick(), TICK);
  }

  /** Resets the silence timer; called on every RPC. */
  heartbeat(): void {
    this.#silence = 0;
    this.#last = this.#options.now();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    const now = this.#options.now();
    this.#silence += Math.min(now - this.#last, TICK);
    this.#last = now;
    if (this.#silence < SILENCE_LIMIT && !this.#options.isAbandoned()) return;
    // Timers run before input in a turn of the event loop; two turns see all that has arrived.
    setImmediate(() => setImmediate(() => this.#alarm()));
  }

  #alarm(): void {
    if (this.#silence < SILENCE_LIMIT && !this.#options.isAbandoned()) return;
    this.stop();
    this.#options.onSilence();
  }
}
