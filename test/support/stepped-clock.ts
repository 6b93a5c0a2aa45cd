import type { Clock } from '../../src/support/index.js';

/** Far more than a request to a server on this computer takes. */
const MOST_TURNS = 1_000_000;

/** Time passes when a test says so, and then every waiting process has its turn. */
export class SteppedClock implements Clock {
  #now = 0;
  readonly #sleepers = new Set<{ readonly until: number; readonly wake: () => void }>();

  now(): number {
    return this.#now;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    await new Promise<void>((resolve) => {
      const sleeper = {
        until: this.#now + ms,
        wake: () => {
          signal?.removeEventListener('abort', sleeper.wake);
          this.#sleepers.delete(sleeper);
          resolve();
        },
      };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', sleeper.wake);
    });
    signal?.throwIfAborted();
  }

  /** As when the whole computer stands still: it passes, and nobody has a turn. */
  standStill(seconds: number): void {
    this.#now += seconds * 1000;
  }

  /** In steps of a second. */
  async pass(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second += 1) {
      this.#now += 1000;
      const before = this.#sleepers.size;
      for (const sleeper of this.#sleepers) {
        if (sleeper.until > this.#now) continue;
        sleeper.wake();
      }
      // What was woken reads and writes files, and sleeps again unless it has ended.
      for (let turn = 0; turn < 5 || (turn < 5000 && this.#sleepers.size < before); turn += 1) {
        await new Promise(setImmediate);
      }
    }
  }

  /** Resolves when so many wait for a time to come; what reads files and asks servers until then is not hurried. */
  async untilAsleep(count: number): Promise<void> {
    await this.#turnsUntil(() => this.#sleepers.size >= count);
  }

  /** Lets time pass until the work is over, and only while so many wait for it: by default one more than now. */
  async until<T>(work: Promise<T>, count = this.#sleepers.size + 1): Promise<T> {
    const over = { yet: false };
    const end = (): void => void (over.yet = true);
    work.then(end, end);
    for (;;) {
      await this.#turnsUntil(() => over.yet || this.#sleepers.size >= count);
      if (over.yet) return await work;
      await this.pass(1);
    }
  }

  async #turnsUntil(isSo: () => boolean): Promise<void> {
    for (let turn = 0; !isSo(); turn += 1) {
      if (turn > MOST_TURNS) throw new Error(`${this.#sleepers.size} wait, and no more will`);
      await new Promise(setImmediate);
    }
  }
}
