/** A program was called wrongly or cannot go on; its message is printed after the program's name. */
export class UsageError extends Error {
  override readonly name = 'UsageError';

  constructor(
    message: string,
    /** The program's exit status. */
    readonly status = 1,
  ) {
    super(message);
  }
}
