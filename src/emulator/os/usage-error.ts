/** A program was called wrongly or cannot go on; its message is printed after the program's name. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError';

  constructor(
    message: string,
    /** The program's exit status. */
    readonly status = 1,
  ) {
    super(message);
  }
}

/** An option that the real program may have and the emulated one has not. */
export class UnknownOption extends UsageError {
  override readonly name = 'UnknownOption';
}
