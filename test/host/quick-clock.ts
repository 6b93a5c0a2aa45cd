import type { Clock } from '../../src/support/index.js';

/** A clock whose sleeps are over at once and move it on; what happened between is listed. */
export class QuickClock implements Clock {
  readonly sleeps: number[] = [];
  #now = 1_000;
  #onSleep: (now: number) => void | Promise<void> = () => undefined;

  now(): number {
    return this.#now;
  }

  /** Called in each sleep, with the time since the beginning, ms: the place to let the world change. */
  onSleep(act: (now: number) => void | Promise<void>): void {
    this.#onSleep = act;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    // A wait that nothing ends would otherwise never let the test process go.
    if (this.sleeps.length > 5_000) throw new Error('nobody ends this wait');
    this.sleeps.push(ms);
    this.#now += ms;
    await this.#onSleep(this.#now - 1_000);
    // Real sockets are part of the tests: give them their turn.
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
  }

  /** Something takes so long, ms, without a sleep. */
  pass(ms: number): void {
    this.#now += ms;
  }

  /** Milliseconds since the beginning. */
  get slept(): number {
    return this.#now - 1_000;
  }
}
