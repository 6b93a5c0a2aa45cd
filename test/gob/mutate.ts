import type { Random } from './random.js';

/** Bytes that mean much in gob: ends, small counts, long integers. */
const TELLING = Uint8Array.of(0x00, 0x01, 0x7f, 0x80, 0xf8, 0xfc, 0xfe, 0xff);

/** One to four changes: a bit, a byte, a telling byte, one left out, one put in, a piece repeated. */
export function mutate(original: Uint8Array, random: Random): Uint8Array {
  let bytes = Buffer.from(original);
  for (let changes = 1 + random(4); changes > 0; changes--) {
    const at = random(bytes.length + 1);
    switch (random(6)) {
      case 0:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8));
        break;
      case 1:
        bytes[at] = random(256);
        break;
      case 2:
        bytes[at] = TELLING[random(TELLING.length)] ?? 0;
        break;
      case 3:
        bytes = replaced(bytes, at, at + 1, new Uint8Array(0));
        break;
      case 4:
        bytes = replaced(bytes, at, at, Uint8Array.of(random(256)));
        break;
      default:
        bytes = replaced(bytes, at, at, bytes.subarray(at, at + random(16)));
    }
  }
  return bytes;
}

function replaced(bytes: Buffer, start: number, end: number, by: Uint8Array): Buffer<ArrayBuffer> {
  return Buffer.concat([bytes.subarray(0, start), by, bytes.subarray(end)]);
}
