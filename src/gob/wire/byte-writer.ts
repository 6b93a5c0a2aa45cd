import { bytesOfText, hasEscapes } from './text.js';

const FLOAT = new DataView(new ArrayBuffer(8));

/**
 * The primitives of the format, written to a buffer that grows. The bytes are drawn at ByteReader.
 */
export class ByteWriter {
  #bytes: Buffer;
  #at = 0;

  constructor(size = 256) {
    this.#bytes = Buffer.allocUnsafe(size);
  }

  get length(): number {
    return this.#at;
  }

  clear(): void {
    this.#at = 0;
  }

  /** A copy of what was written. */
  toBytes(): Uint8Array {
    return new Uint8Array(this.#bytes.subarray(0, this.#at));
  }

  byte(value: number): void {
    this.#room(1);
    this.#bytes[this.#at++] = value;
  }

  uint(value: number | bigint): void {
    this.#room(9);
    if (typeof value === 'number' && value <= 0xffff_ffff) this.#narrow(value);
    else this.#wide(BigInt(value));
  }

  int(value: number | bigint): void {
    if (typeof value === 'number' && Math.abs(value) < 0x4000_0000_0000) {
      this.uint(value >= 0 ? value * 2 : -value * 2 - 1);
      return;
    }
    const wide = BigInt(value);
    this.uint(wide >= 0n ? wide << 1n : (~wide << 1n) | 1n);
  }

  float(value: number): void {
    FLOAT.setFloat64(0, value, true);
    this.uint(FLOAT.getBigUint64(0));
  }

  /** Bytes with their length in front. A message is written with it too. */
  bytes(value: Uint8Array): void {
    this.uint(value.length);
    this.#room(value.length);
    this.#bytes.set(value, this.#at);
    this.#at += value.length;
  }

  text(value: string): void {
    if (hasEscapes(value)) {
      this.bytes(bytesOfText(value));
      return;
    }
    const length = Buffer.byteLength(value, 'utf8');
    this.uint(length);
    this.#room(length);
    this.#at += this.#bytes.write(value, this.#at, 'utf8');
  }

  /** What another writer holds, with its length in front, and empties it: ends a message there. */
  take(part: ByteWriter): void {
    this.bytes(part.#bytes.subarray(0, part.#at));
    part.clear();
  }

  /** At most 32 bits. */
  #narrow(value: number): void {
    if (value < 0x80) {
      this.#bytes[this.#at++] = value;
      return;
    }
    const size = value < 0x100 ? 1 : value < 0x1_0000 ? 2 : value < 0x100_0000 ? 3 : 4;
    this.#bytes[this.#at++] = 0x100 - size;
    this.#at = this.#bytes.writeUIntBE(value, this.#at, size);
  }

  #wide(value: bigint): void {
    const start = this.#at;
    this.#bytes.writeBigUInt64BE(value, start + 1);
    let zeros = 0;
    while (zeros < 7 && this.#bytes[start + 1 + zeros] === 0) zeros++;
    const first = this.#bytes[start + 8] ?? 0;
    if (zeros === 7 && first < 0x80) {
      this.#bytes[this.#at++] = first;
      return;
    }
    this.#bytes[start] = 0x100 - (8 - zeros);
    this.#bytes.copyWithin(start + 1, start + 1 + zeros, start + 9);
    this.#at = start + 9 - zeros;
  }

  #room(more: number): void {
    if (this.#at + more <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#at + more));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }
}
