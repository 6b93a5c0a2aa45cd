/**
 * How far a fault reaches:
 * - `usage`      the caller gave a value or a type that cannot be encoded, or used the object wrongly
 * - `mismatch`   the value is well-formed but not of the wanted type; it has been read to its end
 * - `malformed`  the content of a message makes no sense; the rest of that message is dropped
 * - `framing`    the message lengths make no sense; nothing can be read from this stream any more
 */
export type GobFault = 'usage' | 'mismatch' | 'malformed' | 'framing';

/** The one error of this folder. Texts follow those of Go where Go has one, because peers match and log them. */
export class GobError extends Error {
  override readonly name = 'GobError';

  constructor(
    readonly fault: GobFault,
    message: string,
  ) {
    super(`gob: ${message}`);
  }

  /** The stream can go on with the next value (exactly after `mismatch`, at the next message after `malformed`). */
  get recoverable(): boolean {
    return this.fault === 'mismatch' || this.fault === 'malformed';
  }
}

export function malformed(message: string): GobError {
  return new GobError('malformed', message);
}
