import type { CallContext } from '../provider/index.js';
import {
  backoff,
  endedWhileWaiting,
  hasCode,
  OperationError,
  poll,
  type Clock,
  type Probed,
} from '../support/index.js';

/** What one look found: the thing waited for, or in a few words what there is instead. */
export type Look<T> =
  | { readonly ready: true; readonly value: T }
  | {
      readonly ready: false;
      readonly seen: string;
      /** The next probe comes after this many ms at the earliest; undefined = the back-off of `waitFor` decides. */
      readonly pause?: number | undefined;
    };

export interface Wait<T> {
  /** What is waited for, as in "waiting for …". */
  readonly what: string;
  /** Added to the error when the time is over; a function is asked then, for what was seen last may matter. */
  readonly advice?: string | (() => string) | undefined;
  readonly look: () => Promise<Look<T>>;
}

/** Pauses between two looks, ms. */
const PAUSES = { first: 200, growth: 1.5, longest: 4_000 } as const;
/** An unchanged state is reported again after this many ms, so that the user sees that the wait goes on. */
const REPEAT_MS = 15_000;

/**
 * Looks until the look is ready, the signal is aborted, or the look fails for good. A server that cannot be
 * reached for a while is waited for too. When the time is over the error says what was seen last.
 */
export async function waitFor<T>(wait: Wait<T>, context: CallContext, clock: Clock): Promise<T> {
  const say = progressOf(wait.what, context, clock);
  let seen = 'nothing yet';
  const probe = async (): Promise<Probed<T>> => {
    const look = await patiently(wait.look, context.signal);
    if (look.ready) return look;
    seen = look.seen;
    say(seen);
    return look;
  };
  try {
    return await poll(probe, { clock, signal: context.signal, delays: backoff(PAUSES) });
  } catch (error) {
    if (!context.signal.aborted) throw error;
    const advice = typeof wait.advice === 'function' ? wait.advice() : wait.advice;
    const end = OperationError.from(context.signal.reason, `wait for ${wait.what}`);
    throw endedWhileWaiting(end, { waitedFor: wait.what, lastSeen: seen, advice });
  }
}

async function patiently<T>(look: () => Promise<Look<T>>, signal: AbortSignal): Promise<Look<T>> {
  try {
    return await look();
  } catch (error) {
    if (signal.aborted || !hasCode(error, 'unreachable', 'unavailable', 'rate-limited')) throw error;
    return { ready: false, seen: error.message };
  }
}

function progressOf(what: string, context: CallContext, clock: Clock): (seen: string) => void {
  let saidAt = Number.NEGATIVE_INFINITY;
  let said = '';
  return (seen) => {
    if (seen === said && clock.now() - saidAt < REPEAT_MS) return;
    said = seen;
    saidAt = clock.now();
    context.progress(`waiting for ${what}: ${seen}`);
  };
}
