import type { Clock } from '../../src/support/index.js';

interface Sleeper {
  readonly due: number;
  readonly wake: () => void;
}

/** Time that stands still until the test moves it. */
export class HeldClock implements Clock {
  #now = 0;
  readonly #sleepers = new Set<Sleeper>();

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const sleeper: Sleeper = { due: this.#now + ms, wake: resolve };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', () => {
        if (this.#sleepers.delete(sleeper)) reject(new Error('aborted', { cause: signal.reason }));
      });
    });
  }

  /** How many wait for time to pass. */
  get sleeping(): number {
    return this.#sleepers.size;
  }

  /** Moves on by `ms`, waking whoever is due on the way, each at its own moment. */
  async advance(ms: number): Promise<void> {
    const target = this.#now + ms;
    await settled();
    for (;;) {
      const due = [...this.#sleepers].filter((one) => one.due <= target).sort((a, b) => a.due - b.due)[0];
      if (due === undefined) break;
      this.#now = Math.max(this.#now, due.due);
      this.#sleepers.delete(due);
      due.wake();
      await settled();
    }
    this.#now = target;
  }
}

/** After everything that could run without time passing has run. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
