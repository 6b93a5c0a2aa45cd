import type { CallContext } from '../provider/index.js';
import { hasCode, OperationError, type Clock } from '../support/index.js';

/** What one look found: the thing waited for, or in a few words what there is instead. */
export type Look<T> =
  | { readonly ready: true; readonly value: T }
  | {
      readonly ready: false;
      readonly seen: string;
      /** Not to be asked again before this many ms; undefined = whoever waits decides. */
      readonly pause?: number | undefined;
    };

export interface Wait<T> {
  /** What is waited for, as in "waiting for …". */
  readonly what: string;
  /** Added to the error when the time is over; a function is asked then, for what was seen last may matter. */
  readonly advice?: string | (() => string) | undefined;
  readonly look: () => Promise<Look<T>>;
}

/** Between two looks, ms: short at first, because much is ready at once; long later, to spare the server. */
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 4_000;
const PAUSE_GROWTH = 1.5;
/** An unchanged state is said again after this many ms, so that a person sees that somebody still waits. */
const REPEAT_MS = 15_000;

/**
 * Looks until the look is ready, the signal is aborted, or the look fails for good. A server that cannot be
 * reached for a while is waited for too. When the time is over the error says what was seen last.
 */
export async function waitFor<T>(wait: Wait<T>, context: CallContext, clock: Clock): Promise<T> {
  const say = progressOf(wait.what, context, clock);
  let pause = FIRST_PAUSE_MS;
  let seen = 'nothing yet';
  try {
    for (;;) {
      context.signal.throwIfAborted();
      const look = await patiently(wait.look, context.signal);
      if (look.ready) return look.value;
      seen = look.seen;
      say(seen);
      await clock.sleep(Math.max(pause, look.pause ?? 0), context.signal);
      pause = Math.min(pause * PAUSE_GROWTH, LONGEST_PAUSE_MS);
    }
  } catch (error) {
    if (!context.signal.aborted) throw error;
    throw endedBy(context.signal.reason, wait, seen);
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

function endedBy(reason: unknown, wait: Wait<unknown>, seen: string): OperationError {
  const ended = OperationError.from(reason, `wait for ${wait.what}`);
  const advice = typeof wait.advice === 'function' ? wait.advice() : wait.advice;
  return new OperationError({
    code: ended.code,
    attempted: ended.attempted,
    problem: `${ended.problem}; was waiting for ${wait.what}, last seen: ${seen}`,
    advice: ended.code === 'timeout' ? sentences(advice, ended.advice) : ended.advice,
    taskId: ended.taskId,
    cause: reason,
  });
}

function sentences(...texts: readonly (string | undefined)[]): string | undefined {
  const said = texts.filter((text) => text !== undefined);
  return said.length === 0 ? undefined : said.join(' ');
}
