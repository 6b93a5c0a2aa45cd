import { MessageReader } from '../../../src/gob/wire/message-reader.js';

const MiB = 1024 * 1024;

/** The length in front of a message of so many bytes, below 16 MiB. */
function lengthOf(bytes: number): Uint8Array {
  return Uint8Array.of(0xfd, bytes >> 16, (bytes >> 8) & 0xff, bytes & 0xff);
}

describe('memory kept for messages that have not arrived whole', () => {
  test('grows to twice what is needed, but not beyond the end of the message', () => {
    const reader = new MessageReader(MiB);
    reader.push(lengthOf(100_000));
    const held = [20_000, 20_000, 20_000, 39_999].map((bytes) => {
      reader.push(new Uint8Array(bytes));
      return reader.held;
    });
    expect(held).toEqual([40_008, 40_008, 100_004, 100_004]);
    expect(reader.next()).toBeUndefined();
  });

  test('does not grow for what is only claimed', () => {
    const reader = new MessageReader(8 * MiB);
    reader.push(lengthOf(8 * MiB));
    for (let dribbled = 0; dribbled < 100; dribbled++) reader.push(Uint8Array.of(0));
    expect(reader.next()).toBeUndefined();
    expect(reader.held).toBeLessThan(2 * (4 + 100));
  });

  test('is given back when the last byte of it was handed out, and by clear', () => {
    const reader = new MessageReader(MiB);
    reader.push(lengthOf(5));
    reader.push(Uint8Array.of(1, 2, 3, 4, 5));
    expect(reader.next()).toEqual(Uint8Array.of(1, 2, 3, 4, 5));
    expect(reader.held).toBe(0);
    reader.push(Uint8Array.of(7, 1, 2));
    expect(reader.held).toBe(3);
    reader.clear();
    expect([reader.held, reader.buffered]).toEqual([0, 0]);
  });
});
