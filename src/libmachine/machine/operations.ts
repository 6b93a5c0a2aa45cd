import type { CallContext } from '../../provider/index.js';
import { deadlineAfter, OperationError } from '../../support/index.js';
import type { PluginLog } from '../../logging/index.js';

/** One call of the client that works on the machine. */
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
 * What runs on the machine at the moment. Operations that change it run one after the other, in the order of
 * their calls; those that only look go on beside them.
 */
export class Operations {
  readonly #log: PluginLog;
  readonly #end = new AbortController();
  readonly #running = new Set<Promise<unknown>>();
  #lastChange: Promise<unknown> = Promise.resolve();

  constructor(log: PluginLog) {
    this.#log = log;
  }

  async change<T>(operation: Operation, work: (context: CallContext) => Promise<T>): Promise<T> {
    this.#end.signal.throwIfAborted();
    const before = this.#lastChange;
    const change = (async () => {
      await before;
      return await this.#log.aloud(() => this.#run(operation, work, (line) => this.#log.info(line)));
    })();
    // The next change waits for this one, however it ends.
    this.#lastChange = this.#track(change);
    return await change;
  }

  async look<T>(operation: Operation, work: (context: CallContext) => Promise<T>): Promise<T> {
    return await this.#run(operation, work, (line) => this.#log.debug(line));
  }

  /** Aborts all that runs and refuses all that comes, with this reason. */
  stop(reason: OperationError): void {
    this.#end.abort(reason);
  }

  /** Resolves to true when no change runs any more, or to false after `limit` ms. */
  async settled(limit: number): Promise<boolean> {
    if (this.#running.size === 0) return true;
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), limit);
      timer.unref();
    });
    const rest = Promise.all(this.#running).then(() => true as const);
    return await Promise.race([rest, patience]).finally(() => clearTimeout(timer));
  }

  #track(change: Promise<unknown>): Promise<void> {
    const over = change.then(
      () => void this.#running.delete(over),
      () => void this.#running.delete(over),
    );
    this.#running.add(over);
    return over;
  }

  async #run<T>(
    { attempted, limit, advice, signal }: Operation,
    work: (context: CallContext) => Promise<T>,
    say: (line: string) => void,
  ): Promise<T> {
    const deadline = deadlineAfter(limit, attempted, advice, AbortSignal.any([signal, this.#end.signal]));
    let last: string | undefined;
    const progress = (line: string): void => {
      if (line !== last) say(line);
      last = line;
    };
    try {
      deadline.signal.throwIfAborted();
      return await work({ signal: deadline.signal, progress });
    } catch (error) {
      throw OperationError.from(error, attempted);
    } finally {
      deadline.clear();
    }
  }
}
