import { OperationError } from './operation-error.js';

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
  const timer = setTimeout(() => {
    const problem = `not done after ${Math.round(ms / 1000)} s`;
    controller.abort(new OperationError({ code: 'timeout', attempted, problem, advice }));
  }, ms);
  timer.unref();
  const signal = parent === undefined ? controller.signal : AbortSignal.any([controller.signal, parent]);
  return { signal, clear: () => clearTimeout(timer) };
}
