import { GobDecoder, GobEncoder, GobError, type GobType } from '../../src/gob/index.js';
import { structs, typeOfGolden } from './go-types.js';
import {
  bytesOf,
  encodedCases,
  goldenCases,
  malformedCases,
  valuesOf,
  type GoldenCase,
} from './golden-values.js';
import { anyToTagged, toTagged } from './tagged-output.js';
import { fromTagged, normalise } from './tagged.js';

const small = encodedCases.filter(({ id }) => id !== 'large/list-3000');
const named = (cases: readonly GoldenCase[]): [string, GoldenCase][] => cases.map((c) => [c.id, c]);

test('the golden file is all there', () => {
  expect(goldenCases.length).toBeGreaterThanOrEqual(174);
  expect(malformedCases.length).toBeGreaterThanOrEqual(52);
});

describe('bytes of Go become values', () => {
  test.each(named(small))('%s, without types', (_, golden) => {
    const decoder = new GobDecoder();
    decoder.push(bytesOf(golden));
    const decoded = golden.wire.map(() => anyToTagged(decoder.decodeAny()?.value ?? missing()));
    decoder.end();
    expect(decoded).toEqual(golden.wire.map(({ value }) => normalise(value)));
  });

  test.each(named(small))('%s, as the types that were encoded', (_, golden) => {
    expect(decodeTyped(golden, bytesOf(golden))).toEqual(valuesOf(golden).map(normalise));
  });

  const newer = small.filter(({ hexGo123 }) => hexGo123 !== undefined);
  test.each(named(newer))('%s, by a newer Go', (_, golden) => {
    expect(decodeTyped(golden, Buffer.from(golden.hexGo123 ?? '', 'hex'))).toEqual(
      valuesOf(golden).map(normalise),
    );
  });

  test.each(named(small))('%s: each value is complete with exactly the message that Go says', (_, golden) => {
    const decoder = new GobDecoder();
    const complete: number[] = [];
    for (const [index, message] of messagesOf(golden).entries()) {
      decoder.push(message);
      while (decoder.decodeAny() !== undefined) complete.push(index);
    }
    expect(complete).toEqual(golden.wire.map(({ messages }) => messages[1]));
  });
});

describe('values become the bytes of Go', () => {
  const fixed = small.filter(({ mapOrderRandom, id }) => !mapOrderRandom && id !== 'ids/above-127');

  test.each(named(fixed))('%s', (_, golden) => {
    expect(encode(golden, 65)).toEqual(bytesOf(golden).toString('hex'));
  });

  test.each(named(fixed.filter(({ hexGo123 }) => hexGo123 !== undefined)))(
    '%s, by a newer Go',
    (_, golden) => {
      expect(encode(golden, 64)).toEqual(golden.hexGo123);
    },
  );

  test('ids above 127', () => {
    const golden = goldenCases.find(({ id }) => id === 'ids/above-127') ?? missing();
    expect(encode(golden, 135)).toEqual(golden.hex);
  });

  test.each(named(encodedCases.filter(({ mapOrderRandom }) => mapOrderRandom)))(
    '%s, up to map order',
    (_, golden) => {
      const bytes = Buffer.from(encode(golden, 65), 'hex');
      expect(decodeTyped(golden, bytes)).toEqual(valuesOf(golden).map(normalise));
    },
  );

  test('a list of 3,000 nodes, there and back', () => {
    const golden = goldenCases.find(({ id }) => id === 'large/list-3000') ?? missing();
    const decoder = new GobDecoder();
    decoder.push(bytesOf(golden));
    let depth = 0;
    let node = decoder.decode(structs['List'] ?? missing())?.value;
    for (; typeof node === 'object' && node !== null && 'Next' in node; node = node.Next) depth++;
    expect(depth).toBe(3000);

    const written: Uint8Array[] = [];
    const long = Array.from({ length: 3000 }).reduce((next) => ({ V: 1, Next: next }), null);
    new GobEncoder((bytes) => written.push(bytes)).encode(structs['List'] ?? missing(), long);
    expect(Buffer.concat(written).equals(bytesOf(golden))).toBe(true);
  });
});

describe('streams into other types', () => {
  const rows = goldenCases.flatMap((golden) =>
    golden.sequential
      ? []
      : golden.decodeInto.map((into): [string, GoldenCase, typeof into] => [
          `${golden.id} into ${into.goType}`,
          golden,
          into,
        ]),
  );

  test.each(rows.filter(([, golden]) => golden.group === 'evolution'))('%s', (_, golden, into) => {
    const type = typeOfGolden(into.goType, null);
    const attempt = (): unknown => decodeOne(bytesOf(golden), type);
    // Go adds the whole struct to the name of a type that it knows itself.
    if (into.error !== undefined) expect(into.error.startsWith(messageOf(attempt))).toBe(true);
    else expect(toTagged(type, attempt())).toEqual(normalise(into.value ?? null));
  });

  test.each(rows.filter(([, golden]) => golden.goAccepts === false))('refused: %s', (_, golden, into) => {
    if (into.goType === 'nil (skip)') expect(() => skipOne(bytesOf(golden))).toThrow(GobError);
    else expect(() => decodeOne(bytesOf(golden), typeOfGolden(into.goType, null))).toThrow(GobError);
  });

  /** Where Go is lenient and this reader is not. */
  const STRICTER = new Set(['bad/no-terminator', 'bad/deep-unclosed']);
  const accepted = rows.filter(([, golden]) => golden.goAccepts === true && !STRICTER.has(golden.id));
  test.each(accepted)('accepted: %s', (_, golden, into) => {
    if (into.goType === 'nil (skip)') {
      expect(() => skipOne(bytesOf(golden))).not.toThrow();
      return;
    }
    const type = typeOfGolden(into.goType, null);
    const value = decodeOne(bytesOf(golden), type);
    if (into.ok !== true) expect(toTagged(type, value)).toEqual(normalise(into.value ?? null));
    else expect(value).toBeDefined();
  });

  test.each(malformedCases.filter(({ id }) => STRICTER.has(id)).map((c) => [c.id, c] as const))(
    'stricter than Go: %s',
    (_, golden) => {
      expect(() =>
        decodeOne(bytesOf(golden), typeOfGolden(golden.decodeInto[0]?.goType ?? '', null)),
      ).toThrow(GobError);
    },
  );

  test('bytes behind a value in its message are dropped, and the stream goes on', () => {
    const golden = goldenCases.find(({ sequential }) => sequential) ?? missing();
    const point = structs['Point'] ?? missing();
    const decoder = new GobDecoder();
    decoder.push(bytesOf(golden));
    const decoded = golden.decodeInto.map(() => toTagged(point, decoder.decode(point)?.value));
    expect(decoded).toEqual(golden.decodeInto.map(({ value }) => normalise(value ?? null)));
  });
});

function decodeTyped(golden: GoldenCase, bytes: Uint8Array): unknown {
  const decoder = new GobDecoder();
  decoder.push(bytes);
  const decoded = valuesOf(golden).map((tagged) => {
    const type = typeOfGolden(golden.goType, tagged);
    return toTagged(type, (decoder.decode(type) ?? missing()).value);
  });
  decoder.end();
  return decoded;
}

function decodeOne(bytes: Uint8Array, type: GobType): unknown {
  const decoder = new GobDecoder();
  decoder.push(bytes);
  const decoded = decoder.decode(type);
  decoder.end();
  if (decoded === undefined) throw new GobError('framing', 'no value');
  return decoded.value;
}

function skipOne(bytes: Uint8Array): void {
  const decoder = new GobDecoder();
  decoder.push(bytes);
  if (!decoder.skip()) throw new GobError('framing', 'no value');
}

function encode(golden: GoldenCase, firstTypeId: number): string {
  const written: Uint8Array[] = [];
  const encoder = new GobEncoder((bytes) => written.push(bytes), { firstTypeId });
  for (const tagged of valuesOf(golden)) {
    const type = typeOfGolden(golden.goType, tagged);
    encoder.encode(type, fromTagged(type, normalise(tagged)));
  }
  return Buffer.concat(written).toString('hex');
}

/** The golden file has the messages of short streams, and the lengths for long ones. */
function messagesOf(golden: GoldenCase): Uint8Array[] {
  const bytes = bytesOf(golden);
  let start = 0;
  return golden.messages.map((message) => {
    const length = typeof message === 'string' ? message.length / 2 : message;
    return bytes.subarray(start, (start += length));
  });
}

function messageOf(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    return error instanceof GobError ? error.message : 'another error';
  }
  return 'no error';
}

function missing(): never {
  throw new Error('nothing there');
}
