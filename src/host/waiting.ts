import type { CallContext } from '../provider/index.js';
import {
  backoff,
  endedWhileWaiting,
  hasCode,
  OperationError,
  poll,
  type Backoff,
  type Clock,
  type Probed,
} from '../support/index.js';

/** What one probe found: the value that was waited for, or in a few words the state that was found instead. */
export type ProbeResult<T> =
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
  /** Added to the error of a time-out. A function is called at that time, because it may depend on the last probe. */
  readonly advice?: string | (() => string) | undefined;
  readonly probe: () => Promise<ProbeResult<T>>;
  /** Between two probes; `CLOUD_PAUSES` unless given. */
  readonly pauses?: Backoff | undefined;
}

/** Between two probes that ask the cloud, ms. */
export const CLOUD_PAUSES: Backoff = { first: 100, growth: 1.5, longest: 4_000 };
/** Between two probes that ask the guest alone, ms: this costs the cloud nothing. */
export const GUEST_PAUSES: Backoff = { first: 100, growth: 1.2, longest: 1_000 };
/** An unchanged state is reported again after this many ms, so that the user sees that the wait goes on. */
const REPEAT_MS = 15_000;

/**
 * Probes until a probe is ready, the signal is aborted, or a probe fails for good. An error of a server that cannot
 * be reached, or asks for fewer requests, counts as not ready. The error of a time-out says what was seen last.
 */
export async function waitFor<T>(wait: Wait<T>, context: CallContext, clock: Clock): Promise<T> {
  const say = progressOf(wait.what, context, clock);
  let seen = 'nothing yet';
  const probe = async (): Promise<Probed<T>> => {
    const result = await tolerantly(wait.probe, context.signal);
    if (result.ready) return result;
    seen = result.seen;
    say(seen);
    return result;
  };
  try {
    return await poll(probe, { clock, signal: context.signal, delays: backoff(wait.pauses ?? CLOUD_PAUSES) });
  } catch (error) {
    if (!context.signal.aborted) throw error;
    const advice = typeof wait.advice === 'function' ? wait.advice() : wait.advice;
    const end = OperationError.from(context.signal.reason, `wait for ${wait.what}`);
    throw endedWhileWaiting(end, { waitedFor: wait.what, lastSeen: seen, advice });
  }
}

async function tolerantly<T>(
  probe: () => Promise<ProbeResult<T>>,
  signal: AbortSignal,
): Promise<ProbeResult<T>> {
  try {
    return await probe();
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
