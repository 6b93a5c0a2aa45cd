import fc from 'fast-check';
import { gob, GobDecoder, GobEncoder, InterfaceRegistry, type GobType } from '../../src/gob/index.js';
import { bytesOf, encodedCases } from './golden-values.js';
import { gobBytes, recordedConnections } from './recorded-sessions.js';
import { anyToTagged, toTagged } from './tagged-output.js';
import type { Tagged } from './tagged.js';

interface Example {
  readonly type: GobType;
  readonly value: unknown;
}

const registry = new InterfaceRegistry();
registry.register('t.Pair', gob.struct('t.Pair', { Left: gob.string, Right: gob.interface(registry) }));
const anything = gob.interface(registry);
/** Minus zero counts as zero, which a struct leaves out: it comes back as plus zero, as in Go. */
const doubles = fc.double().map((value) => (value === 0 ? 0 : value));

const basicTypes: readonly (readonly [GobType, fc.Arbitrary<unknown>])[] = [
  [gob.bool, fc.boolean()],
  [gob.int, fc.oneof(fc.maxSafeInteger(), fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }))],
  [gob.uint, fc.oneof(fc.maxSafeNat(), fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }))],
  [gob.int16, fc.integer({ min: -32768, max: 32767 })],
  [gob.float, doubles],
  [gob.complex, fc.record({ real: doubles, imaginary: doubles })],
  [gob.string, fc.string({ unit: 'binary' })],
  [gob.bytes, fc.uint8Array()],
];
const basic = fc
  .constantFrom(...basicTypes)
  .chain(([type, values]) => values.map((value): Example => ({ type, value })));

/** A type, and a value of it. All elements of a list have the type of the first. */
const example = fc.letrec<{ any: Example; inside: Example }>((tie) => ({
  inside: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    basic,
    tie('any').map(({ type, value }): Example => ({ type: gob.slice(type), value: [value, value] })),
    tie('any').map(({ type, value }): Example => ({ type: gob.array(type, 1), value: [value] })),
    fc.tuple(fc.uniqueArray(fc.string()), tie('any')).map(([keys, { type, value }]): Example => ({
      type: gob.map(gob.string, type),
      value: new Map(keys.map((key) => [key, value])),
    })),
    fc.array(tie('any'), { maxLength: 4 }).map((fields): Example => {
      const names = fields.map((field, i): [string, Example] => [`F${String(i)}`, field]);
      return {
        type: gob.struct('t.S', Object.fromEntries(names.map(([name, { type }]) => [name, type]))),
        value: Object.fromEntries(names.map(([name, { value }]) => [name, value])),
      };
    }),
    // A pointer to a zero number would come back as null, as in Go; structs are always sent.
    tie('any').map(({ type, value }): Example => ({
      type: gob.pointer(gob.struct('t.P', { To: type })),
      value: { To: value },
    })),
    fc.string().map((value): Example => ({ type: anything, value: { name: 'string', value } })),
    fc.string().map((Left): Example => ({
      type: anything,
      value: { name: 't.Pair', value: { Left, Right: { name: '[]string', value: [Left] } } },
    })),
    fc.constant<Example>({ type: anything, value: null }),
  ),
  any: tie('inside'),
})).any;

test('what is written is read, in chunks of any size', () => {
  fc.assert(
    fc.property(
      fc.array(example, { maxLength: 5 }),
      fc.array(fc.integer({ min: 1, max: 40 })),
      (examples, sizes) => {
        const bytes = encode(examples);
        const decoded: Tagged[] = [];
        const decoder = new GobDecoder();
        for (const chunk of cut(bytes, sizes)) {
          decoder.push(chunk);
          for (let next = examples[decoded.length]; next !== undefined; next = examples[decoded.length]) {
            const done = decoder.decode(next.type);
            if (done === undefined) break;
            decoded.push(toTagged(next.type, done.value));
          }
        }
        decoder.end();
        expect(decoded).toEqual(examples.map(({ type, value }) => toTagged(type, value)));
      },
    ),
    { numRuns: 1_000 },
  );
});

test('what is written can be read past', () => {
  fc.assert(
    fc.property(fc.array(example, { maxLength: 5 }), (examples) => {
      const decoder = new GobDecoder();
      decoder.push(encode(examples));
      expect(examples.filter(() => decoder.skip())).toHaveLength(examples.length);
      decoder.end();
    }),
    { numRuns: 500 },
  );
});

const golden = encodedCases
  .filter(({ id }) => !id.startsWith('large/'))
  .map(({ id, ...rest }): [string, Buffer] => [id, bytesOf({ id, ...rest })]);
const sessions = recordedConnections().flatMap((connection): [string, Buffer][] => [
  [`${connection.name}, client`, gobBytes(connection, 'client->server')],
  [`${connection.name}, server`, gobBytes(connection, 'server->client')],
]);

describe('chunks do not matter', () => {
  test.each([...golden, ...sessions.filter(([, bytes]) => bytes.length < 20_000)])('%s', (_, bytes) => {
    const whole = readIn([bytes]);
    expect(readIn(cut(bytes, [1]))).toEqual(whole);
    expect(readIn(cut(bytes, [7, 64, 3]))).toEqual(whole);
  });

  test('a mebibyte, byte by byte', () => {
    const bytes = encode([{ type: gob.bytes, value: new Uint8Array(1 << 20).fill(0xa5) }]);
    expect(readIn(cut(bytes, [1]))).toEqual(readIn([bytes]));
  });
});

function encode(examples: readonly Example[]): Buffer {
  const written: Uint8Array[] = [];
  const encoder = new GobEncoder((bytes) => written.push(bytes));
  for (const { type, value } of examples) encoder.encode(type, value);
  return Buffer.concat(written);
}

function* cut(bytes: Uint8Array, sizes: readonly number[]): Iterable<Uint8Array> {
  for (let start = 0, i = 0; start < bytes.length; i++) {
    const size = sizes.length === 0 ? bytes.length : (sizes[i % sizes.length] ?? 1);
    // A copy, so that a decoder that kept a view of someone else's memory would be noticed.
    yield Uint8Array.from(bytes.subarray(start, start + size));
    start += size;
  }
}

function readIn(chunks: Iterable<Uint8Array>): readonly Tagged[] {
  const decoder = new GobDecoder();
  const values: Tagged[] = [];
  for (const chunk of chunks) {
    decoder.push(chunk);
    for (let next = decoder.decodeAny(); next !== undefined; next = decoder.decodeAny()) {
      values.push(anyToTagged(next.value));
    }
  }
  decoder.end();
  return values;
}
