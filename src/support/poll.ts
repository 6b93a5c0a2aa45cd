import type { Clock } from './clock.js';

/** What one probe found: the value that was waited for, or nothing yet. */
export type Probed<T> =
  | { readonly ready: true; readonly value: T }
  | {
      readonly ready: false;
      /** The next pause takes at least this long, ms, e.g. because the server asked for it. */
      readonly pause?: number | undefined;
    };

export interface PollOptions {
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  /** The length of each pause, ms; `count` is 1 for the first one. 0 = no pause. */
  readonly delays: (count: number) => number;
  /** True = the first pause comes before the first probe, because nothing can be there yet. */
  readonly pauseFirst?: boolean | undefined;
  /** The error to throw when `signal` is aborted between two probes; absent = the signal's reason. */
  readonly interrupted?: (() => unknown) | undefined;
}

/**
 * Calls `probe` until it is ready; `attempt` is 1 for the first call. Rejects with what the probe rejects with, and
 * when `signal` is aborted. There is no time limit of its own: that is the signal's, or the probe's, business.
 */
export async function poll<T>(
  probe: (attempt: number) => Promise<Probed<T>>,
  { clock, signal, delays, pauseFirst = false, interrupted }: PollOptions,
): Promise<T> {
  const pause = async (ms: number): Promise<void> => {
    try {
      signal?.throwIfAborted();
      if (ms > 0) await clock.sleep(ms, signal);
      signal?.throwIfAborted();
    } catch (error) {
      throw signal?.aborted === true && interrupted !== undefined ? interrupted() : error;
    }
  };
  let count = 0;
  await pause(pauseFirst ? delays((count += 1)) : 0);
  for (let attempt = 1; ; attempt += 1) {
    const found = await probe(attempt);
    if (found.ready) return found.value;
    await pause(Math.max(delays((count += 1)), found.pause ?? 0));
  }
}

export interface Backoff {
  /** The first pause, ms. */
  readonly first: number;
  /** Each pause is so many times as long as the one before it. */
  readonly growth: number;
  /** ms */
  readonly longest?: number | undefined;
  /** Every pause is changed by up to this share of itself, so that many pollers do not ask in step. */
  readonly jitter?: { readonly share: number; /** 0 <= n < 1. */ readonly random: () => number } | undefined;
}

/** Pauses that grow: short at first, because much is ready at once; longer later, to spare the server. */
export function backoff({ first, growth, longest, jitter }: Backoff): (count: number) => number {
  return (count) => {
    const pause = Math.min(first * growth ** (count - 1), longest ?? Number.POSITIVE_INFINITY);
    return jitter === undefined ? pause : pause * (1 - jitter.share + 2 * jitter.share * jitter.random());
  };
}
