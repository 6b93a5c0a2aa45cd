import { GobError } from '../error.js';

const EMPTY = new Uint8Array(0);
/** A length takes at most so many bytes after the first. */
const MAX_LENGTH_BYTES = 8;
/** Room of so many bytes is made whatever is expected. */
const SMALL = 4096;

/**
 * Cuts a byte stream, which arrives in chunks of any size, into messages:
 *
 * ```
 * 07  ff82 012c 0142 00          uint length, then so many bytes
 * ```
 *
 * Nothing is allocated for a length that was only claimed: the buffer grows with the bytes that are there, to twice
 * what is needed now but not beyond the end of the message.
 */
export class MessageReader {
  readonly #maxLength: number;
  /** Bytes `#start` to `#end` of `#bytes` have arrived and were not yet handed out. */
  #bytes: Uint8Array = EMPTY;
  #start = 0;
  #end = 0;
  /** A chunk is used as it is, without a copy, until more must be put behind it. */
  #owned = false;
  #read = 0;

  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  /** Bytes that have arrived and were not handed out. */
  get buffered(): number {
    return this.#end - this.#start;
  }

  /** Bytes that were handed out, with the lengths in front of them. */
  get read(): number {
    return this.#read;
  }

  /** Bytes of memory that are kept for them: never less than `buffered`. */
  get held(): number {
    return this.#bytes.length;
  }

  /** Forgets all bytes and gives their memory back. */
  clear(): void {
    this.#bytes = EMPTY;
    this.#start = 0;
    this.#end = 0;
    this.#owned = false;
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
   * The next whole message, undefined while it has not arrived. The view is good until the next `push`. Memory in
   * which no byte is left is not kept.
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
    this.#read += 1 + lengthBytes + length;
    const begin = this.#start + 1 + lengthBytes;
    this.#start = begin + length;
    const message = this.#bytes.subarray(begin, this.#start);
    if (this.buffered === 0) this.clear();
    return message;
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
    const target =
      this.#owned && needed <= this.#bytes.length / 2 ? this.#bytes : new Uint8Array(this.#roomFor(needed));
    target.set(this.#bytes.subarray(this.#start, this.#end));
    this.#bytes = target;
    this.#end -= this.#start;
    this.#start = 0;
    this.#owned = true;
  }

  /** Small messages get room for those that follow; a large one gets no more than the limit of its length allows. */
  #roomFor(needed: number): number {
    const first = this.#bytes[this.#start] ?? 0;
    const lengthBytes = first < 0x80 ? 0 : 0x100 - first;
    const known = this.buffered > lengthBytes;
    const message = 1 + lengthBytes + (known && lengthBytes > 0 ? this.#claimedLength(lengthBytes) : first);
    return Math.max(needed, Math.min(needed * 2, Math.max(message, SMALL)));
  }
}

function framing(message: string): GobError {
  return new GobError('framing', message);
}
