import fc from 'fast-check';
import { gob, GobDecoder, GobEncoder, type GobType } from '../../src/gob/index.js';
import { typeOfGolden, typeOfRecorded } from './go-types.js';
import { bytesOf, encodedCases, spokenCases, valuesOf } from './golden-values.js';
import { gobBytes, recordedConnections, sentValues, type Direction } from './recorded-sessions.js';
import { toTagged } from './tagged-output.js';
import type { Tagged } from './tagged.js';

interface Example {
  readonly type: GobType;
  readonly value: unknown;
}

const contents: Record<string, GobType> = {};
const anything: GobType = gob.interface(contents);
contents['t.Pair'] = gob.struct('t.Pair', { Left: gob.string, Right: anything });
/** Minus zero counts as zero, which a struct leaves out: it comes back as plus zero, as in Go. */
const doubles = fc.double().map((value) => (value === 0 ? 0 : value));

const basicTypes: readonly (readonly [GobType, fc.Arbitrary<unknown>])[] = [
  [gob.bool, fc.boolean()],
  [gob.int, fc.oneof(fc.maxSafeInteger(), fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }))],
  [gob.uint, fc.oneof(fc.maxSafeNat(), fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }))],
  [gob.int16, fc.integer({ min: -32768, max: 32767 })],
  [gob.float, doubles],
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
    tie('any').map(({ type, value }): Example => ({
      type: gob.struct('t.P', { To: type }),
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

/** How each value of a stream is read; without an entry it is read past. */
type Reading = readonly (GobType | undefined)[];

const directions: readonly Direction[] = ['client->server', 'server->client'];
const sessions = recordedConnections().flatMap((connection) =>
  directions.map((dir): [string, Buffer, Reading] => [
    `${connection.name}, ${dir.slice(0, 6)}`,
    gobBytes(connection, dir),
    sentValues(connection, dir).map(typeOfRecorded),
  ]),
);
const golden = encodedCases
  .filter(({ id }) => !id.startsWith('large/'))
  .map((golden): [string, Buffer, Reading] => {
    const types = valuesOf(golden).map((value) =>
      spokenCases.includes(golden) ? typeOfGolden(golden.goType, value) : undefined,
    );
    return [golden.id, bytesOf(golden), types];
  });

describe('chunks do not matter', () => {
  test.each([...golden, ...sessions.filter(([, bytes]) => bytes.length < 20_000)])(
    '%s',
    (_, bytes, types) => {
      const whole = readIn([bytes], types);
      expect(whole).toHaveLength(types.length);
      expect(readIn(cut(bytes, [1]), types)).toEqual(whole);
      expect(readIn(cut(bytes, [7, 64, 3]), types)).toEqual(whole);
    },
  );

  test('a mebibyte, byte by byte', () => {
    const bytes = encode([{ type: gob.bytes, value: new Uint8Array(1 << 20).fill(0xa5) }]);
    expect(readIn(cut(bytes, [1]), [gob.bytes])).toEqual(readIn([bytes], [gob.bytes]));
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

function readIn(chunks: Iterable<Uint8Array>, types: Reading): readonly Tagged[] {
  const decoder = new GobDecoder();
  const values: Tagged[] = [];
  for (const chunk of chunks) {
    decoder.push(chunk);
    while (values.length < types.length) {
      const next = readOne(decoder, types[values.length]);
      if (next === undefined) break;
      values.push(next);
    }
  }
  decoder.end();
  return values;
}

function readOne(decoder: GobDecoder, type: GobType | undefined): Tagged | undefined {
  if (type === undefined) return decoder.skip() ? 'read past' : undefined;
  const done = decoder.decode(type);
  return done && toTagged(type, done.value);
}
