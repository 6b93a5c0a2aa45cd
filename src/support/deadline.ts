import { OperationError } from './operation-error.js';

/**
 * Calls `over` when `ms` milliseconds have passed, unless it is cleared before. What has come until then is read first: after the
 * computer stood still, timers are due before sockets are looked at, and the answer that was waited for may be there.
 */
export function limitTimer(ms: number, over: () => void): { clear(): void; unref(): void } {
  let look: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => (look = setImmediate(over)), ms);
  return {
    clear: () => {
      clearTimeout(timer);
      clearImmediate(look);
    },
    unref: () => void timer.unref(),
  };
}

/** Of how many parts the time of `awakeTimer` is. */
const PARTS = 10;

/**
 * Calls `over` when `ms` milliseconds have passed in which this process ran, unless it is cleared before: for what another process
 * of this computer does in that time. While the whole computer stands still that one does not run either, and a tenth passes at most.
 */
export function awakeTimer(ms: number, over: () => void): { clear(): void } {
  let timer: NodeJS.Timeout;
  const pass = (left: number): void => {
    timer = setTimeout(() => (left > 1 ? pass(left - 1) : over()), ms / PARTS);
  };
  pass(PARTS);
  return { clear: () => clearTimeout(timer) };
}

/**
 * A signal that is aborted when `parent` is, or `ms` milliseconds from now with an OperationError of code
 * `timeout` as its reason, whichever comes first. Call `clear` when the operation has ended.
 *
 * The timer does not keep the process alive.
 */
export function deadlineAfter(
  ms: number,
  attempted: string,
  advice?: string,
  parent?: AbortSignal,
): { readonly signal: AbortSignal; clear(): void } {
  const controller = new AbortController();
  const timer = limitTimer(ms, () => {
    const problem = `not done after ${Math.round(ms / 1000)} s`;
    controller.abort(new OperationError({ code: 'timeout', attempted, problem, advice }));
  });
  timer.unref();
  const signal = parent === undefined ? controller.signal : AbortSignal.any([controller.signal, parent]);
  return { signal, clear: () => timer.clear() };
}

/** Why a signal was aborted, as an Error whatever the reason is. */
export function abortReason(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error ? reason : new Error(String(reason));
}

/** What an operation is waiting for at the moment, for the error when its time is over. */
export interface Pending {
  /** As in "was waiting for …"; names the server, where one is waited for. */
  readonly waitedFor: string;
  readonly lastSeen?: string | undefined;
  /** What to look at when the time is over; full sentences. */
  readonly advice?: string | undefined;
}

/**
 * What to throw when `signal` is aborted: its own reason when that is an OperationError. What was waited for is
 * added, because "not done after 300 s" alone does not tell what hung.
 */
export function abortError(signal: AbortSignal, attempted: string, pending?: Pending): OperationError {
  const reason: unknown = signal.reason;
  if (!(reason instanceof OperationError)) {
    return new OperationError({ code: 'cancelled', attempted, problem: 'stopped', cause: reason });
  }
  return pending === undefined ? reason : endedWhileWaiting(reason, pending);
}

/** The error that ended a wait, with what was waited for and what was seen last. */
export function endedWhileWaiting(end: OperationError, pending: Pending): OperationError {
  const { code, attempted, taskId } = end;
  const seen = pending.lastSeen === undefined ? '' : `, last seen: ${pending.lastSeen}`;
  const problem = `${end.problem}; was waiting for ${pending.waitedFor}${seen}`;
  const advice = code === 'timeout' ? sentences(pending.advice, end.advice) : end.advice;
  return new OperationError({ code, attempted, problem, advice, taskId, cause: end });
}

function sentences(...texts: readonly (string | undefined)[]): string | undefined {
  const said = texts.filter((text) => text !== undefined);
  return said.length === 0 ? undefined : said.join(' ');
}
