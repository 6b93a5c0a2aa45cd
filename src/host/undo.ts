import type { CallContext } from '../provider/index.js';
import { OperationError } from '../support/index.js';

/** One act of a longer work, with what takes it back. */
export interface Step<T> {
  /** What the step makes, as in "could not remove …". */
  readonly makes: string;
  readonly act: () => Promise<T>;
  /** Takes back whatever the act may have left, also when it failed half-way; nothing there = success. */
  readonly undo?: ((context: CallContext) => Promise<void>) | undefined;
}

/** Remembers how to take back what was done. */
export class UndoList {
  private readonly steps: Pick<Step<unknown>, 'makes' | 'undo'>[] = [];

  /** Notes how to take back something made elsewhere. */
  add(made: Pick<Step<unknown>, 'makes' | 'undo'>): void {
    this.steps.unshift(made);
  }

  /** Acts; the undo is known before the act begins, because a failed act may leave something too. */
  async run<T>(step: Step<T>, context: CallContext): Promise<T> {
    context.signal.throwIfAborted();
    if (step.undo !== undefined) this.add(step);
    return await step.act();
  }

  /** Undoes all steps, last first; one that fails does not stop the others. Returns what could not be undone. */
  async undoAll(context: CallContext): Promise<readonly OperationError[]> {
    const failures: OperationError[] = [];
    for (const { makes, undo } of this.steps.splice(0)) {
      try {
        await undo?.(context);
      } catch (error) {
        failures.push(OperationError.from(error, `remove ${makes}`));
      }
    }
    return failures;
  }
}
