import { setTimeout as delay } from 'node:timers/promises';

/** Time as the code sees it; tests hold it still. All times are in ms. */
export interface Clock {
  /** Milliseconds that only grow; the zero point means nothing. */
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason as soon as `signal` is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: async (ms, signal) => {
    signal?.throwIfAborted();
    try {
      await delay(ms, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      // The timer reports an abort as an error of its own; callers want the reason they gave.
      signal?.throwIfAborted();
      throw error;
    }
  },
};
