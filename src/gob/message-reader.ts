import { GobError } from './error.js';

const EMPTY = new Uint8Array(0);
/** A length takes at most so many bytes after the first. */
const MAX_LENGTH_BYTES = 8;

/**
 * Cuts a byte stream, which arrives in chunks of any size, into messages:
 *
 * ```
 * 07  ff82 012c 0142 00          uint length, then so many bytes
 * ```
 *
 * Nothing is allocated for a length that was only claimed: the buffer grows with the bytes that are there.
 */
export class MessageReader {
  readonly #maxLength: number;
  /** Bytes `#start` to `#end` of `#bytes` have arrived and were not yet handed out. */
  #bytes: Uint8Array = EMPTY;
  #start = 0;
  #end = 0;
  /** A chunk is used as it is, without a copy, until more must be put behind it. */
  #owned = false;

  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  /** Bytes that have arrived and were not handed out. */
  get buffered(): number {
    return this.#end - this.#start;
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    if (this.buffered === 0) {
      this.#bytes = chunk;
      this.#start = 0;
      this.#end = chunk.length;
      this.#owned = false;
      return;
    }
    this.#makeRoom(chunk.length);
    this.#bytes.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /**
   * The next whole message, undefined while it has not arrived. The view is good until the next `push`.
   *
   * @throws GobError `framing`
   */
  next(): Uint8Array | undefined {
    const first = this.#bytes[this.#start];
    if (first === undefined || this.buffered === 0) return undefined;
    const lengthBytes = first < 0x80 ? 0 : 0x100 - first;
    if (lengthBytes > MAX_LENGTH_BYTES) throw framing('encoded unsigned integer out of range');
    if (this.buffered < 1 + lengthBytes) return undefined;
    const length = lengthBytes === 0 ? first : this.#claimedLength(lengthBytes);
    if (length > this.#maxLength) {
      throw framing(`invalid message length ${length}: more than ${this.#maxLength}`);
    }
    if (this.buffered < 1 + lengthBytes + length) return undefined;
    const begin = this.#start + 1 + lengthBytes;
    this.#start = begin + length;
    return this.#bytes.subarray(begin, this.#start);
  }

  /** Loses precision above 2^53, far beyond any limit. */
  #claimedLength(size: number): number {
    let length = 0;
    for (let i = 1; i <= size; i++) length = length * 0x100 + (this.#bytes[this.#start + i] ?? 0);
    return length;
  }

  #makeRoom(more: number): void {
    const needed = this.buffered + more;
    if (this.#owned && this.#end + more <= this.#bytes.length) return;
    const target = this.#owned && needed <= this.#bytes.length / 2 ? this.#bytes : new Uint8Array(needed * 2);
    target.set(this.#bytes.subarray(this.#start, this.#end));
    this.#bytes = target;
    this.#end -= this.#start;
    this.#start = 0;
    this.#owned = true;
  }
}

function framing(message: string): GobError {
  return new GobError('framing', message);
}
