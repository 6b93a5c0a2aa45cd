import { systemClock, type Clock } from '../../src/support/index.js';

/** What a create of a VM takes while creates are held: no pause of the simulator is as long. ms. */
const HELD = 30 * 24 * 3_600_000;

/**
 * The pace of a simulator whose creates of VMs can be kept from ending, so that a test does in their middle what it has to do
 * there, however long that takes.
 */
export class HeldCreates {
  #isHeld = false;
  #release: () => void = () => undefined;
  #released: Promise<void> = Promise.resolve();

  /** The simulator's. */
  readonly clock: Clock = {
    now: () => systemClock.now(),
    sleep: (ms, signal) => (ms === HELD ? this.#untilReleased(signal) : systemClock.sleep(ms, signal)),
  };

  /** How long a task takes, ms; for a profile. */
  duration(operation: string, create: number, other: number): number {
    if (!/^create/i.test(operation)) return other;
    return this.#isHeld ? HELD : create;
  }

  /** Creates that are accepted from now on do not end. */
  hold(): void {
    this.#isHeld = true;
    this.#released = new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  /** They end at once, and those to come end by themselves. */
  release(): void {
    this.#isHeld = false;
    this.#release();
  }

  async #untilReleased(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const aborted = new Promise<never>((_, reject) => {
      signal?.addEventListener('abort', () => {
        reject(new Error('aborted', { cause: signal.reason }));
      });
    });
    await Promise.race([this.#released, aborted]);
  }
}
