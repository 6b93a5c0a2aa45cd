import { setMaxListeners } from 'node:events';
import { OperationError, poll, type Clock, type Logger } from '../../support/index.js';

/** How work in the background is repeated: see `PollOptions`. */
export interface Repetition {
  readonly delays: (count: number) => number;
  readonly pauseFirst?: boolean | undefined;
}

/** One piece of work per volume that goes on without a caller, until it is done or the program ends. */
export class BackgroundWork {
  readonly #tools: { readonly clock: Clock; readonly logger: Logger };
  readonly #closing = new AbortController();
  readonly #running = new Map<string, Promise<void>>();

  constructor(tools: { readonly clock: Clock; readonly logger: Logger }) {
    this.#tools = tools;
    setMaxListeners(0, this.#closing.signal);
  }

  /** Aborted when the program ends. */
  get signal(): AbortSignal {
    return this.#closing.signal;
  }

  /**
   * Calls `step` until it resolves with true; what it rejects with is logged, and it is called again. Does nothing while
   * there is other work for this volume, or when the program ends.
   */
  start(id: string, attempted: string, step: () => Promise<boolean>, repetition: Repetition): void {
    if (this.signal.aborted || this.#running.has(id)) return;
    const work = this.#repeat(attempted, step, repetition).catch(() => undefined);
    this.#running.set(id, work);
    void work.then(() => this.#running.delete(id));
  }

  /** Aborts all work and resolves when it has ended. `attempted`: what it all is for. */
  async close(attempted: string): Promise<void> {
    this.#closing.abort(new OperationError({ code: 'cancelled', attempted, problem: 'the program ends' }));
    await Promise.all(this.#running.values());
  }

  async #repeat(attempted: string, step: () => Promise<boolean>, repetition: Repetition): Promise<void> {
    const { clock, logger } = this.#tools;
    const { signal } = this;
    await poll<undefined>(
      async () => {
        try {
          return (await step()) ? { ready: true, value: undefined } : { ready: false };
        } catch (error) {
          if (signal.aborted) throw error;
          logger.debug(OperationError.from(error, attempted).message);
          return { ready: false };
        }
      },
      { clock, signal, ...repetition },
    );
  }
}
