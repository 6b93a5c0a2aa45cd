import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { CallContext } from '../provider/index.js';
import { dropSpareLock, keepSpareLock, waitForLock, type Lock } from '../process/index.js';
import { abortError, deadlineAfter, KeyedQueue, OperationError } from '../support/index.js';
import { unwritten } from './records/no-room.js';
import type { VolumeServiceParts } from './service-parts.js';

/** What work gets that outlives its callers. */
export interface TurnContext extends CallContext {
  /** True when no caller waits for the outcome any more. */
  readonly isAbandoned: () => boolean;
}

interface Flight {
  readonly result: Promise<unknown>;
  waiting: number;
  readonly progress: Set<(line: string) => void>;
}

/** The locks lie in the folder. */
type TurnsParts = Pick<VolumeServiceParts, 'folder' | 'clock' | 'logger' | 'background'>;

/** So long one operation may take, also without a caller, ms. */
const LIMIT = 600_000;

/**
 * One operation per volume at a time, in this process and among all of this host. Engines give up on a call long before
 * storage does (volumes.md 2 and 5): work goes on without its caller, and the same call again joins it (single flight).
 */
export class Turns {
  readonly #parts: TurnsParts;
  readonly #folder: string;
  readonly #queue = new KeyedQueue();
  readonly #flights = new Map<string, Flight>();
  readonly #closing = new AbortController();

  constructor(parts: TurnsParts) {
    this.#parts = parts;
    this.#folder = join(parts.folder, 'locks');
  }

  /**
   * Does the work when it is the turn of `key`, a volume. Calls with the same `key` and `operation` at the same time are
   * one. Rejects with the reason of `context.signal` as soon as that is aborted, while the work goes on.
   */
  async run<T>(
    key: string,
    operation: string,
    work: (context: TurnContext) => Promise<T>,
    context: CallContext,
  ): Promise<T> {
    context.signal.throwIfAborted();
    const flightKey = `${operation}\n${key}`;
    const flight = this.#flights.get(flightKey) ?? this.#start(flightKey, key, operation, work);
    flight.waiting += 1;
    flight.progress.add(context.progress);
    try {
      // Calls share a flight only when they have the same operation, and so the same type of result.
      return (await unlessAborted(flight.result, context.signal, operation)) as T;
    } finally {
      flight.waiting -= 1;
      flight.progress.delete(context.progress);
    }
  }

  /** Stops what is under way and resolves when it has ended. */
  async close(): Promise<void> {
    const problem = 'it was interrupted, because the program ends';
    const attempted = 'work on volumes';
    const advice = 'The same call again goes on where this one ended.';
    this.#closing.abort(new OperationError({ code: 'cancelled', attempted, problem, advice }));
    await Promise.allSettled([...this.#flights.values()].map(({ result }) => result));
    await dropSpareLock(this.#folder);
  }

  #start<T>(
    flightKey: string,
    key: string,
    operation: string,
    work: (context: TurnContext) => Promise<T>,
  ): Flight {
    const progress = new Set<(line: string) => void>();
    const flight: Flight = {
      waiting: 0,
      progress,
      result: this.#queue.run(key, async () => {
        const deadline = deadlineAfter(LIMIT, operation, undefined, this.#closing.signal);
        try {
          return await this.#locked(key, operation, deadline.signal, async () =>
            work({
              signal: deadline.signal,
              progress: (line) => {
                for (const say of progress) say(line);
              },
              isAbandoned: () => flight.waiting === 0,
            }),
          );
        } finally {
          deadline.clear();
          this.#flights.delete(flightKey);
        }
      }),
    };
    this.#flights.set(flightKey, flight);
    flight.result.catch((error: unknown) => {
      if (flight.waiting === 0) this.#parts.logger.warn(OperationError.from(error, operation).message);
    });
    return flight;
  }

  async #locked<T>(key: string, operation: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const lock = await this.#lock(key, operation, signal);
    try {
      return await work();
    } finally {
      await lock.release();
    }
  }

  async #lock(key: string, operation: string, signal: AbortSignal): Promise<Lock> {
    const { clock, background } = this.#parts;
    signal.throwIfAborted();
    const name = createHash('sha256').update(key).digest('hex').slice(0, 32);
    const path = join(this.#folder, `${name}.lock`);
    try {
      // A process that stays gives its volumes back even when the disk is full.
      if (background !== false) await keepSpareLock(this.#folder, 'nutanix-volume').catch(() => undefined);
      return await waitForLock(path, operation, 'this volume', { clock, signal });
    } catch (error) {
      throw unwritten(error, operation, this.#folder);
    }
  }
}

async function unlessAborted(
  work: Promise<unknown>,
  signal: AbortSignal,
  attempted: string,
): Promise<unknown> {
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(abortError(signal, attempted));
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
