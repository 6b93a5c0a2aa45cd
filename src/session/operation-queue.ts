import { deadlineAfter, limitTimer, SerialQueue, type OperationError } from '../support/index.js';

/** One operation of a host and its time. */
export interface Operation {
  /** For errors, e.g. `create machine "web-1"`. */
  readonly attempted: string;
  /** Time limit, ms. Waiting for another operation to end does not count. */
  readonly limit: number;
  /** What to do when the limit is too short. */
  readonly advice?: string | undefined;
  /** Aborted when the client is no longer there for the answer. */
  readonly signal: AbortSignal;
}

/**
 * What runs on the host at the moment. Operations that change it run one after the other, in the order of their calls;
 * requests for its state run beside them, and only `stop` ends both.
 */
export class OperationQueue {
  readonly #queue = new SerialQueue();
  readonly #end = new AbortController();
  /** Operations that change the host: those that run or wait. */
  #changes = 0;

  /**
   * Waits until the operations before this one are over, however they ended. Resolves with the function that lets the
   * next operation begin.
   */
  async acquire(): Promise<() => void> {
    this.#end.signal.throwIfAborted();
    this.#changes += 1;
    return await new Promise((begin) => {
      const begun = this.#queue.run(async () => await new Promise<void>((over) => begin(over)));
      void begun.finally(() => (this.#changes -= 1));
    });
  }

  /** The signal of one operation: aborted by its time limit, by its client's end and by `stop`. To be cleared. */
  deadline({ attempted, limit, advice, signal }: Operation): ReturnType<typeof deadlineAfter> {
    return deadlineAfter(limit, attempted, advice, AbortSignal.any([signal, this.#end.signal]));
  }

  /** Aborts every running operation and refuses every later one, with this reason. */
  stop(reason: OperationError): void {
    this.#end.abort(reason);
  }

  /** Resolves to true when no operation runs any more, or to false after `limit` ms. */
  async settled(limit: number): Promise<boolean> {
    if (this.#changes === 0) return true;
    let timer: ReturnType<typeof limitTimer> | undefined;
    const timeout = new Promise<false>((resolve) => {
      timer = limitTimer(limit, () => resolve(false));
      timer.unref();
    });
    const idle = this.#queue.idle().then(() => true as const);
    return await Promise.race([idle, timeout]).finally(() => timer?.clear());
  }
}

/** Passes a line on unless it is the same as the one before. */
export function eachOnce(say: (line: string) => void): (line: string) => void {
  let last: string | undefined;
  return (line) => {
    if (line !== last) say(line);
    last = line;
  };
}
