import { gob, GobDecoder, GobError, type DecoderLimits, type GobType } from '../../src/gob/index.js';
import { ByteWriter } from '../../src/gob/wire/byte-writer.js';

const MiB = 1024 * 1024;
const strings = gob.slice(gob.string);

/** What a claim costs: the growth of the heap and of buffers while it is read. */
function costOf(read: () => void): number {
  const before = process.memoryUsage();
  read();
  const after = process.memoryUsage();
  return after.heapUsed - before.heapUsed + (after.arrayBuffers - before.arrayBuffers);
}

function message(write: (out: ByteWriter) => void): Uint8Array {
  const body = new ByteWriter();
  write(body);
  const out = new ByteWriter();
  out.take(body);
  return out.toBytes();
}

/** Definition 65: slice of type `elem`. */
function sliceOf(elem: number, id = 65): Uint8Array {
  return message((out) => {
    out.int(-id);
    for (const byte of [2, 1, 2]) out.byte(byte);
    out.int(id);
    for (const byte of [0, 1]) out.byte(byte);
    out.int(elem);
    for (const byte of [0, 0]) out.byte(byte);
  });
}

function structOfNothing(id: number): Uint8Array {
  return message((out) => {
    out.int(-id);
    for (const byte of [3, 1, 2]) out.byte(byte);
    out.int(id);
    for (const byte of [0, 0, 0]) out.byte(byte);
  });
}

function value(id: number, ...content: readonly (number | bigint)[]): Uint8Array {
  return message((out) => {
    out.int(id);
    for (const number of content) out.uint(number);
  });
}

function read(type: GobType, limits: Partial<DecoderLimits>, ...messages: readonly Uint8Array[]): unknown {
  const decoder = new GobDecoder(limits);
  for (const bytes of messages) decoder.push(bytes);
  return decoder.decode(type)?.value;
}

function skip(limits: Partial<DecoderLimits>, ...messages: readonly Uint8Array[]): boolean {
  const decoder = new GobDecoder(limits);
  for (const bytes of messages) decoder.push(bytes);
  return decoder.skip();
}

describe('a claim alone costs nothing', () => {
  const claims: [string, GobType, Uint8Array[]][] = [
    ['a message of 16 MiB', gob.int, [Uint8Array.of(0xfc, 0x01, 0x00, 0x00, 0x00, 0x04, 0x00)]],
    ['a string of 16 MiB', gob.string, [value(6, 0, 16 * MiB)]],
    ['bytes of 2^40', gob.bytes, [value(5, 0, 2 ** 40)]],
    ['a slice of 200,000 strings', strings, [sliceOf(6), value(65, 0, 200_000)]],
    ['a slice of 2^64-1 ints', gob.slice(gob.int), [sliceOf(2), value(65, 0, 2n ** 64n - 1n)]],
  ];

  test.each(claims)('%s', (_, type, messages) => {
    let outcome: unknown;
    const cost = costOf(() => {
      try {
        outcome = read(type, {}, ...messages);
      } catch (error) {
        outcome = error;
      }
    });
    expect(outcome === undefined || outcome instanceof GobError).toBe(true);
    expect(cost).toBeLessThan(MiB);
  });
});

describe('limits', () => {
  test('a message may be as long as the limit, and no longer', () => {
    const bytes = message((out) => {
      out.int(6);
      out.byte(0);
      out.text('x'.repeat(97));
    });
    expect(read(gob.string, { maxMessageBytes: 100 }, bytes)).toHaveLength(97);
    expect(() => read(gob.string, { maxMessageBytes: 99 }, bytes)).toThrow(
      'invalid message length 100: more than 99',
    );
  });

  test('a refused message length is refused for good', () => {
    const decoder = new GobDecoder({ maxMessageBytes: 3 });
    decoder.push(Uint8Array.of(4, 4, 0, 0xff, 0x80));
    expect(() => decoder.decode(gob.int)).toThrow(GobError);
    decoder.push(Uint8Array.of(3, 4, 0, 2));
    expect(() => decoder.decode(gob.int)).toThrow('invalid message length 4');
  });

  test('elements of all levels count together', () => {
    const definitions = [sliceOf(66), sliceOf(2, 66)];
    const nested = [...definitions, value(65, 0, 2, 2, 0, 0, 2, 0, 0)];
    const type = gob.slice(gob.slice(gob.int));
    expect(read(type, { maxElements: 6 }, ...nested)).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect(() => read(type, { maxElements: 5 }, ...nested)).toThrow('more than 5 elements');
  });

  test('keys and values of a map count', () => {
    const map = Buffer.from('0eff81040102ff820001040104 0000'.replace(' ', ''), 'hex');
    const type = gob.map(gob.int, gob.int);
    expect(read(type, { maxElements: 4 }, map, value(65, 0, 2, 2, 4, 6, 8))).toEqual(
      new Map([
        [1, 2],
        [3, 4],
      ]),
    );
    expect(() => read(type, { maxElements: 3 }, map, value(65, 0, 2, 2, 4, 6, 8))).toThrow(
      'more than 3 elements',
    );
  });

  test('each value has the whole allowance', () => {
    const decoder = new GobDecoder({ maxElements: 3, maxValueBytes: 20 });
    decoder.push(sliceOf(2));
    for (let i = 0; i < 5; i++) {
      decoder.push(value(65, 0, 3, 0, 0, 0));
      expect(decoder.decode(gob.slice(gob.int))?.value).toEqual([0, 0, 0]);
    }
  });

  test('nesting', () => {
    const deep = (levels: number): Uint8Array =>
      value(65, 0, ...Array.from({ length: levels - 1 }, () => 1), 0);
    expect(skip({ maxDepth: 50 }, sliceOf(65), deep(50))).toBe(true);
    expect(() => skip({ maxDepth: 50 }, sliceOf(65), deep(51))).toThrow('invalid nesting depth');
  });

  test('ten thousand levels are read past without the call stack', () => {
    const levels = Array.from({ length: 9_999 }, () => 1);
    expect(skip({}, sliceOf(65), value(65, 0, ...levels, 0))).toBe(true);
  });

  test('bytes of a value that spans messages', () => {
    const definitions = Array.from({ length: 40 }, (_, i) => structOfNothing(65 + i));
    const all = [...definitions, value(2, 0, 2)];
    expect(read(gob.int, { maxValueBytes: 500 }, ...all)).toBe(1);
    expect(() => read(gob.int, { maxValueBytes: 100 }, ...all)).toThrow('a value of more than 100 bytes');
  });

  test('types, fields and bytes of definitions on a stream', () => {
    const definitions = [structOfNothing(65), structOfNothing(66), structOfNothing(67), value(2, 0, 2)];
    expect(read(gob.int, { maxTypes: 3 }, ...definitions)).toBe(1);
    expect(() => read(gob.int, { maxTypes: 2 }, ...definitions)).toThrow('too many type definitions');
    expect(() => read(gob.int, { maxDefinitionBytes: 20 }, ...definitions)).toThrow(
      'type definitions too large',
    );

    const point = Buffer.from('1fff8103010105506f696e7401ff820001020101580104000101590104000000', 'hex');
    expect(read(gob.int, { maxFields: 2 }, point, value(2, 0, 2))).toBe(1);
    expect(() => read(gob.int, { maxFields: 1 }, point, value(2, 0, 2))).toThrow('a struct of 2 fields');
  });
});

describe('what is read past is measured like what is wanted', () => {
  /** Definition 65: array of so many elements of type `elem`. */
  const arrayOf = (elem: number, length: number): Uint8Array =>
    message((out) => {
      out.int(-65);
      for (const byte of [1, 1, 2]) out.byte(byte);
      out.int(65);
      for (const byte of [0, 1]) out.byte(byte);
      out.int(elem);
      out.byte(1);
      out.int(length);
      for (const byte of [0, 0]) out.byte(byte);
    });
  const complex = 7;
  /** Definition 66: struct { Unknown T; S string }, T of type 65. */
  const around = message((out) => {
    out.int(-66);
    for (const byte of [3, 1, 2]) out.byte(byte);
    out.int(66);
    for (const byte of [0, 1, 2, 1]) out.byte(byte);
    out.text('Unknown');
    out.byte(1);
    out.int(65);
    for (const byte of [0, 1]) out.byte(byte);
    out.text('S');
    out.byte(1);
    out.int(6);
    for (const byte of [0, 0, 0]) out.byte(byte);
  });
  const wanted = gob.struct('main.Around', { S: gob.string });
  const after = [1, 2, 0x68, 0x69, 0];

  test('an unknown field, and what follows it', () => {
    const messages = [arrayOf(complex, 2), around, value(66, 1, 2, 0, 0, 5, 5, ...after)];
    expect(read(wanted, {}, ...messages)).toEqual({ S: 'hi' });
  });

  test('elements of arrays count', () => {
    const messages = [arrayOf(2, 4), around, value(66, 1, 4, 2, 2, 2, 2, ...after)];
    expect(read(wanted, { maxElements: 4 }, ...messages)).toEqual({ S: 'hi' });
    expect(() => read(wanted, { maxElements: 3 }, ...messages)).toThrow('more than 3 elements');
  });

  test.each<[string, Uint8Array[], string]>([
    ['an array of another length than defined', [arrayOf(2, 4), value(65, 0, 3, 2, 2, 2)], 'length mismatch'],
    [
      'an array longer than its message',
      [arrayOf(2, 100), value(65, 0, 100, 2)],
      'length exceeds input size',
    ],
    ['an array of 2^40', [arrayOf(2, 2 ** 40), value(65, 0, 2 ** 40)], 'more than 250000 elements'],
    ['half a complex number', [value(complex, 0, 1)], 'ends in the middle of a value'],
    ['a text longer than its message', [value(6, 0, 100)], 'exceeds input size'],
  ])('%s', (_, messages, text) => {
    let cost = 0;
    expect(() => {
      cost = costOf(() => skip({}, ...messages));
    }).toThrow(text);
    expect(cost).toBeLessThan(MiB);
  });
});

describe('types that a sender nests deep or in circles', () => {
  const chain = (length: number): Uint8Array[] =>
    Array.from({ length }, (_, i) => sliceOf(i === length - 1 ? 2 : 66 + i, 65 + i));

  test('a chain of 1,900 types is read past', () => {
    const decoder = new GobDecoder();
    for (const bytes of chain(1_900)) decoder.push(bytes);
    decoder.push(value(65, 0, ...Array.from({ length: 1_899 }, () => 1), 1, 14));
    expect(decoder.skip()).toBe(true);
    decoder.end();
  });

  test('a chain of 1,900 types is compared with one of three', () => {
    const nest = gob.slice(gob.slice(gob.slice(gob.int)));
    expect(() => read(nest, {}, ...chain(1_900), value(65, 0, 0))).toThrow('received remote type');
  });

  test('two types that contain each other end somewhere', () => {
    const decoder = new GobDecoder();
    decoder.push(sliceOf(66));
    decoder.push(sliceOf(65, 66));
    decoder.push(value(65, 0, 2, 0, 0));
    expect(decoder.skip()).toBe(true);
    decoder.end();
  });
});

test('an interface name is refused before it is read', () => {
  const anything = gob.interface({});
  const named = (length: number): Uint8Array =>
    message((out) => {
      out.int(8);
      out.byte(0);
      out.text('n'.repeat(length));
      out.int(2);
      out.byte(2);
      out.byte(0);
      out.byte(2);
    });
  expect(() => read(anything, {}, named(1_024))).toThrow('name not registered for interface');
  expect(() => read(anything, {}, named(1_025))).toThrow('name too long (1025 bytes)');
});
