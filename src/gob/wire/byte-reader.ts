import { malformed } from '../error.js';
import { textOfBytes } from './text.js';

const FLOAT = new DataView(new ArrayBuffer(8));
const EMPTY = Buffer.alloc(0);

/**
 * The primitives of the format, read from the bytes of one message. Every length is checked against what is
 * left of the message before it is used.
 *
 * ```
 * uint   07                     7: below 128 one byte
 *        fe 01 00               256: negated count of bytes (fe = 2), then big-endian
 * int    uint with the sign in bit 0: 0 -> 00, 1 -> 02, -1 -> 01, -129 -> fe 01 01
 * float  fe 31 40               17.0: the bytes of the IEEE double reversed, as a uint
 * text   03 66 6f 6f            "foo": uint length, bytes
 * ```
 */
export class ByteReader {
  #bytes: Buffer = EMPTY;
  #at = 0;
  #end = 0;

  /** Goes on with the bytes of another message. They are not copied, and never changed. */
  load(bytes: Uint8Array): void {
    // To ask for its ArrayBuffer has the packaged runtime make one for each.
    this.#bytes = Buffer.isBuffer(bytes)
      ? bytes
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = 0;
    this.#end = bytes.byteLength;
  }

  /** Forgets the rest of the message. */
  drop(): void {
    this.#bytes = EMPTY;
    this.#at = 0;
    this.#end = 0;
  }

  /** The rest of the message, each byte as a character. It is not read by this. */
  rest(): string {
    return this.#bytes.toString('latin1', this.#at, this.#end);
  }

  get remaining(): number {
    return this.#end - this.#at;
  }

  uint(): number | bigint {
    const first = this.#byte();
    if (first < 0x80) return first;
    const size = 0x100 - first;
    if (size > 8) throw malformed('encoded unsigned integer out of range');
    this.#need(size, 'uint data');
    if (size > 6) return this.#wide(size);
    let value = 0;
    for (let i = 0; i < size; i++) value = value * 0x100 + this.#byte();
    return value;
  }

  int(): number | bigint {
    const bits = this.uint();
    if (typeof bits === 'number') return bits % 2 === 0 ? bits / 2 : -(bits + 1) / 2;
    const exact = (bits & 1n) === 0n ? bits >> 1n : ~(bits >> 1n);
    const value = Number(exact);
    return Number.isSafeInteger(value) ? value : exact;
  }

  /** A uint that counts things or bytes. */
  count(): number {
    const value = this.uint();
    if (typeof value === 'bigint') throw malformed(`count ${value} is too large`);
    return value;
  }

  float(): number {
    let bits = this.uint();
    FLOAT.setUint32(0, 0);
    FLOAT.setUint32(4, 0);
    if (typeof bits === 'bigint') FLOAT.setBigUint64(0, bits);
    else for (let i = 7; bits > 0; i--, bits = Math.floor(bits / 0x100)) FLOAT.setUint8(i, bits % 0x100);
    return FLOAT.getFloat64(0, true);
  }

  /** A copy, so that a small value does not keep a large message alive. */
  bytes(): Uint8Array {
    const length = this.#length('[]byte');
    return new Uint8Array(this.#bytes.subarray((this.#at += length) - length, this.#at));
  }

  /** Text of at most so many bytes; what is not UTF-8 is kept, see textOfBytes. */
  text(most = Number.MAX_SAFE_INTEGER): string {
    const length = this.#length('string');
    if (length > most) throw malformed(`name too long (${length} bytes)`);
    return textOfBytes(this.#bytes, (this.#at += length) - length, this.#at);
  }

  /** Reads past text or bytes. */
  skipText(): void {
    const length = this.#length('string');
    this.#at += length;
  }

  #length(what: string): number {
    const length = this.count();
    this.#need(length, what);
    return length;
  }

  #need(length: number, what: string): void {
    if (length > this.remaining) {
      throw malformed(`invalid ${what} length ${length}: exceeds input size ${this.remaining}`);
    }
  }

  #wide(size: number): number | bigint {
    let high = 0;
    for (let i = 4; i < size; i++) high = high * 0x100 + this.#byte();
    const low = this.#bytes.readUInt32BE(this.#at);
    this.#at += 4;
    return high < 0x20_0000 ? high * 0x1_0000_0000 + low : (BigInt(high) << 32n) | BigInt(low);
  }

  #byte(): number {
    const byte = this.#at < this.#end ? this.#bytes[this.#at++] : undefined;
    if (byte === undefined) throw malformed('the message ends in the middle of a value');
    return byte;
  }
}
