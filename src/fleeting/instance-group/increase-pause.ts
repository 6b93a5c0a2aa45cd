import { backoff, OperationError, type Clock } from '../../support/index.js';

/** Pauses after failures in a row, ms. */
const PAUSE = backoff({ first: 5_000, growth: 2, longest: 60_000 });

/**
 * Holds instances back that would come to nothing: the runner asks for what is missing every 2 s, for ever, and each time
 * requests would be sent and VMs made and removed.
 */
export class IncreasePause {
  readonly #clock: Clock;
  #failures = 0;
  #last: { readonly error: OperationError; readonly until: number } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Failures in a row so far: what is begun now is told from what was begun before the last one. */
  get era(): number {
    return this.#failures;
  }

  /** The error with which an Increase is answered at once; undefined = it may be tried. */
  refusal(attempted: string): OperationError | undefined {
    if (this.#last === undefined) return undefined;
    const { error, until } = this.#last;
    const left = until - this.#clock.now();
    if (left <= 0) return undefined;
    const problem = `not tried again for ${Math.ceil(left / 1000)} s, because the last attempt failed: ${error.message}`;
    return new OperationError({ code: error.code, attempted, problem, cause: error });
  }

  /** Something that was begun in `era` has failed. All that fails of one era counts once. */
  failed(error: OperationError, era: number): void {
    if (era !== this.#failures) return;
    this.#failures += 1;
    this.#last = { error, until: this.#clock.now() + PAUSE(this.#failures) };
  }

  /** An instance is ready. */
  succeeded(): void {
    this.#failures = 0;
    this.#last = undefined;
  }
}
