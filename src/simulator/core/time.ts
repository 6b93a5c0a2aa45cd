import type { Clock } from '../../support/index.js';

/**
 * Calendar time on an injected clock: a test that holds the clock holds sessions, tasks and reservations too.
 * Milliseconds since 1970.
 */
export class SimulatedTime {
  readonly #clock: Clock;
  readonly #offset: number;

  constructor(clock: Clock, startedAt: number = Date.now()) {
    this.#clock = clock;
    this.#offset = startedAt - clock.now();
  }

  now(): number {
    return this.#offset + this.#clock.now();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.#clock.sleep(ms, signal);
  }
}

/** As the API writes a moment: RFC 3339, UTC, whole seconds. */
export function timestamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
