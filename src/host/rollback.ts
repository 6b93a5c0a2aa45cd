import type { CallContext } from '../provider/index.js';
import { OperationError } from '../support/index.js';

/** How one thing that was made is removed again. */
export interface Undo {
  /** The thing, as in "remove …". */
  readonly made: string;
  /** Nothing there (any more) is success. */
  readonly undo: (context: CallContext) => Promise<void>;
}

/** Removes what an operation has made when a later step of it fails. */
export class Rollback {
  readonly #entries: Undo[] = [];

  /** To be called before the thing is made: an act that fails may leave something too. */
  add(entry: Undo): void {
    this.#entries.push(entry);
  }

  /** Removes everything, the last thing first; a failure does not stop the others. Returns what is left over. */
  async run(context: CallContext): Promise<readonly OperationError[]> {
    const failures: OperationError[] = [];
    for (const { made, undo } of this.#entries.splice(0).reverse()) {
      try {
        await undo(context);
      } catch (error) {
        failures.push(OperationError.from(error, `remove ${made}`));
      }
    }
    return failures;
  }
}
