/**
 * Protocol data units of iSCSI (RFC 7143, 11). All numbers are big-endian; digests and additional headers are not used.
 *
 *     0       1       2        4          5             8     14     16    20          24      28          32
 *     | op    | flags | of op  | AHS size | data size   | LUN or ISID | tag | of op    | StatSN | ExpCmdSN | MaxCmdSN |
 *
 *     32, 36, 40, 44: of the op; data behind byte 48, filled up to a multiple of 4
 */
export const HEADER_SIZE = 48;

/** A unit that asks for more than this is no initiator's. */
export const MOST_DATA = 1 << 18;

export const REQUEST = {
  nopOut: 0x00,
  command: 0x01,
  management: 0x02,
  login: 0x03,
  text: 0x04,
  dataOut: 0x05,
  logout: 0x06,
  snack: 0x10,
} as const;

export const ANSWER = {
  nopIn: 0x20,
  response: 0x21,
  management: 0x22,
  login: 0x23,
  text: 0x24,
  dataIn: 0x25,
  logout: 0x26,
  readyToTransfer: 0x31,
  reject: 0x3f,
} as const;

/** A tag that stands for none. */
export const NO_TAG = 0xffff_ffff;
/** The last, or only, unit of a sequence. */
export const FINAL = 0x80;

export interface Unit {
  readonly header: Buffer;
  readonly data: Buffer;
}

export function opcodeOf({ header }: Unit): number {
  return header.readUInt8(0) & 0x3f;
}

export function isImmediate({ header }: Unit): boolean {
  return (header.readUInt8(0) & 0x40) !== 0;
}

export function tagOf({ header }: Unit): number {
  return header.readUInt32BE(16);
}

/** A header of an answer to a request, or to none. */
export function answerHeader(opcode: number, request: Unit | undefined, flags: number = FINAL): Buffer {
  const header = Buffer.alloc(HEADER_SIZE);
  header.writeUInt8(opcode, 0);
  header.writeUInt8(flags, 1);
  header.writeUInt32BE(request === undefined ? NO_TAG : tagOf(request), 16);
  return header;
}

/** Takes whole units out of what has arrived. */
export class UnitReader {
  #bytes: Buffer = Buffer.alloc(0);

  /** Throws a RangeError when the bytes cannot be of an initiator. */
  *take(chunk: Buffer): Generator<Unit> {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    while (this.#bytes.length >= HEADER_SIZE) {
      const begin = HEADER_SIZE + this.#bytes.readUInt8(4) * 4;
      const size = this.#bytes.readUIntBE(5, 3);
      if (size > MOST_DATA) throw new RangeError(`a unit with ${size} bytes of data`);
      const end = begin + filledUp(size);
      if (this.#bytes.length < end) return;
      const unit = {
        header: this.#bytes.subarray(0, HEADER_SIZE),
        data: this.#bytes.subarray(begin, begin + size),
      };
      this.#bytes = this.#bytes.subarray(end);
      yield unit;
    }
  }
}

/** The bytes of a unit on the wire; writes the size of the data into its header. */
export function unitBytes(header: Buffer, data: Buffer): Buffer {
  header.writeUIntBE(data.length, 5, 3);
  return Buffer.concat([header, data], HEADER_SIZE + filledUp(data.length));
}

function filledUp(size: number): number {
  return Math.ceil(size / 4) * 4;
}

/** `Key=value`, each one ended by a zero byte. */
export function keysIn(data: Buffer): ReadonlyMap<string, string> {
  const pairs = data
    .toString('latin1')
    .split('\0')
    .filter((pair) => pair.includes('='));
  return new Map(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
}

export function keyBytes(keys: readonly (readonly [string, string | number])[]): Buffer {
  return Buffer.from(keys.map(([name, value]) => `${name}=${value}\0`).join(''), 'latin1');
}
