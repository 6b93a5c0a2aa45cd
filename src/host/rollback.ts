import type { CallContext } from '../provider/index.js';
import { OperationError } from '../support/index.js';

/** How to take back one thing that was made. */
export interface Undo {
  /** The thing, as in "remove …". */
  readonly made: string;
  /** Nothing there (any more) is success. */
  readonly undo: (context: CallContext) => Promise<void>;
}

/** Remembers how to take back what was made, in the order of the making. */
export class UndoList {
  private readonly entries: Undo[] = [];

  /** To be called before the thing is made: an act that fails may leave something too. */
  add(entry: Undo): void {
    this.entries.push(entry);
  }

  /** Takes all back, last first; one that fails does not stop the others. Returns what is left over. */
  async undoAll(context: CallContext): Promise<readonly OperationError[]> {
    const failures: OperationError[] = [];
    for (const { made, undo } of this.entries.splice(0).reverse()) {
      try {
        await undo(context);
      } catch (error) {
        failures.push(OperationError.from(error, `remove ${made}`));
      }
    }
    return failures;
  }
}
