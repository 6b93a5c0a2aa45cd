import type { CallContext } from '../provider/index.js';
import { OperationError } from '../support/index.js';

/** How one thing that was made is removed when a later step fails. */
export interface RollbackStep {
  /** The thing, as in "remove …". */
  readonly made: string;
  /** A thing that does not exist (any more) is success. */
  readonly rollBack: (context: CallContext) => Promise<void>;
}

/** Removes what an operation has made when a later step of it fails. */
export class Rollback {
  readonly #entries: RollbackStep[] = [];

  /** To be called before the thing is made, because a step that fails may leave something too. */
  add(entry: RollbackStep): void {
    this.#entries.push(entry);
  }

  /** Removes everything, the last thing first. A failure does not stop the other removals; all failures are returned. */
  async run(context: CallContext): Promise<readonly OperationError[]> {
    const failures: OperationError[] = [];
    for (const { made, rollBack } of this.#entries.splice(0).reverse()) {
      try {
        await rollBack(context);
      } catch (error) {
        failures.push(OperationError.from(error, `remove ${made}`));
      }
    }
    return failures;
  }
}
