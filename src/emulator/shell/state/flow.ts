/** How a script leaves the normal order of commands. Thrown by builtins, caught by the construct it names. */
export class Flow extends Error {
  override readonly name = 'Flow';

  constructor(
    readonly kind: 'break' | 'continue' | 'return' | 'exit',
    /** Loops to leave, or the exit status. */
    readonly value: number,
  ) {
    super(kind);
  }

  /** The same for the next loop further out; undefined when this loop was the last one named. */
  outer(): Flow | undefined {
    return this.value > 1 ? new Flow(this.kind, this.value - 1) : undefined;
  }
}
