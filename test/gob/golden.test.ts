import { gob, GobDecoder, GobEncoder, GobError, type GobType } from '../../src/gob/index.js';
import { spokenParts, structs, typeOfGolden } from './go-types.js';
import {
  bytesOf,
  encodedCases,
  goldenCases,
  malformedCases,
  skipCases,
  spokenCases,
  unspokenCases,
  valuesOf,
  type GoldenCase,
} from './golden-values.js';
import { toTagged, withoutZeros } from './tagged-output.js';
import { fromTagged, normalise, type Tagged } from './tagged.js';

/** The string "next" as a message of its own. */
const NEXT = Buffer.from('070c00046e657874', 'hex');

const spoken = spokenCases;
const named = (cases: readonly GoldenCase[]): [string, GoldenCase][] => cases.map((c) => [c.id, c]);

test('the golden file is all there', () => {
  expect(goldenCases.length).toBeGreaterThanOrEqual(176);
  expect(malformedCases.length).toBeGreaterThanOrEqual(52);
  expect(unspokenCases).toHaveLength(11);
  expect(skipCases).toHaveLength(2);
});

describe('bytes of Go become values', () => {
  test.each(named(spoken))('%s, field by field as they travelled', (_, golden) => {
    const sent = golden.wire.map(({ value }) => unnamed(withoutZeros(normalise(value))));
    expect(decodeTyped(golden, bytesOf(golden)).map((value) => unnamed(withoutZeros(value)))).toEqual(sent);
  });

  test.each(named(spoken))('%s, as the types that were encoded', (_, golden) => {
    expect(decodeTyped(golden, bytesOf(golden))).toEqual(valuesOf(golden).map(normalise));
  });

  const newer = spoken.filter(({ hexGo123 }) => hexGo123 !== undefined);
  test.each(named(newer))('%s, by a newer Go', (_, golden) => {
    expect(decodeTyped(golden, Buffer.from(golden.hexGo123 ?? '', 'hex'))).toEqual(
      valuesOf(golden).map(normalise),
    );
  });

  const all = named(encodedCases.filter(({ messages }) => messages.length > 0));
  test.each(all)('%s: each value is complete with exactly the message that Go says', (_, golden) => {
    const decoder = new GobDecoder();
    const complete: number[] = [];
    for (const [index, message] of messagesOf(golden).entries()) {
      decoder.push(message);
      while (decoder.skip()) complete.push(index);
    }
    expect(complete).toEqual(golden.wire.map(({ messages }) => messages[1]));
  });
});

describe('what is not wanted is read past, and what follows is right', () => {
  test.each(named(encodedCases))('%s', (_, golden) => {
    for (const hex of [bytesOf(golden), Buffer.from(golden.hexGo123 ?? '', 'hex')]) {
      if (hex.length === 0) continue;
      const decoder = new GobDecoder();
      decoder.push(hex);
      decoder.push(NEXT);
      const values = Math.max(golden.wire.length, 1);
      expect(Array.from({ length: values }, () => decoder.skip())).not.toContain(false);
      expect(decoder.decode(gob.string)).toEqual({ value: 'next' });
      decoder.end();
    }
  });

  const structsWithOthers = unspokenCases.flatMap((golden) =>
    valuesOf(golden).flatMap((tagged): [string, GoldenCase, Tagged, GobType][] => {
      const name =
        typeof tagged === 'object' && tagged !== null && '$struct' in tagged ? tagged['$struct'] : '';
      const type = typeof name === 'string' ? spokenParts[name] : undefined;
      return type === undefined ? [] : [[golden.id, golden, tagged, type]];
    }),
  );

  test('four kinds of structs have fields that are not spoken', () => {
    expect(structsWithOthers).toHaveLength(5);
  });

  test.each(structsWithOthers)('%s, around the fields that are spoken', (_, golden, tagged, type) => {
    const decoder = new GobDecoder();
    decoder.push(bytesOf(golden));
    decoder.push(NEXT);
    const wanted = toTagged(type, decoder.decode(type)?.value);
    expect(normalise(tagged)).toMatchObject(wanted ?? {});
    expect(decoder.decode(gob.string)).toEqual({ value: 'next' });
    decoder.end();
  });

  test('a list of 3,000 nodes, each inside the one before', () => {
    const golden = goldenCases.find(({ id }) => id === 'large/list-3000') ?? missing();
    const type = spokenParts['List'] ?? missing();
    const decoder = new GobDecoder();
    decoder.push(bytesOf(golden));
    expect(decoder.decode(type)).toEqual({ value: { V: 1 } });
    decoder.end();
  });

  const wholeOrInBytes = skipCases.flatMap(({ id, ...rest }) =>
    [1, 7, 64, 10_000].map((size): [string, GoldenCase, number] => [
      `${id} in pieces of ${String(size)}`,
      { id, ...rest },
      size,
    ]),
  );
  test.each(wholeOrInBytes)('%s: the fields that are wanted are what Go gives', (_, golden, size) => {
    const bytes = bytesOf(golden);
    const type = spokenParts['Wanted'] ?? missing();
    const decoder = new GobDecoder();
    const decoded: Tagged[] = [];
    for (let start = 0; start < bytes.length; start += size) {
      decoder.push(bytes.subarray(start, start + size));
      for (let next = decoder.decode(type); next !== undefined; next = decoder.decode(type))
        decoded.push(toTagged(type, next.value));
    }
    decoder.end();
    expect(decoded).toEqual(golden.decodeInto.map(({ value }) => normalise(value ?? null)));
  });
});

describe('values become the bytes of Go', () => {
  const fixed = spoken.filter(({ mapOrderRandom, id }) => !mapOrderRandom && id !== 'ids/above-127');

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

  test.each(named(spoken.filter(({ mapOrderRandom }) => mapOrderRandom)))(
    '%s, up to map order',
    (_, golden) => {
      const bytes = Buffer.from(encode(golden, 65), 'hex');
      expect(decodeTyped(golden, bytes)).toEqual(valuesOf(golden).map(normalise));
    },
  );
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
    if (SKIPPED.has(into.goType)) expect(() => skipOne(bytesOf(golden))).toThrow(GobError);
    else expect(() => decodeOne(bytesOf(golden), typeOfGolden(into.goType, null))).toThrow(GobError);
  });

  /** Targets that are not spoken here: the stream is read past instead. */
  const SKIPPED = new Set(['nil (skip)', '[3]int', 'List']);

  /** Where Go is lenient and this reader is not. */
  const STRICTER = new Set(['bad/no-terminator', 'bad/deep-unclosed']);
  const accepted = rows.filter(([, golden]) => golden.goAccepts === true && !STRICTER.has(golden.id));
  test.each(accepted)('accepted: %s', (_, golden, into) => {
    if (SKIPPED.has(into.goType)) {
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
      const goType = golden.decodeInto[0]?.goType ?? '';
      expect(() => {
        if (SKIPPED.has(goType)) skipOne(bytesOf(golden));
        else decodeOne(bytesOf(golden), typeOfGolden(goType, null));
      }).toThrow(GobError);
    },
  );

  test('bytes behind a value in its message are dropped, and the stream goes on', () => {
    const golden = goldenCases.find(({ id }) => id === 'bad/trailing-data') ?? missing();
    const point = structs['Point'] ?? missing();
    const decoder = new GobDecoder();
    decoder.push(bytesOf(golden));
    const decoded = golden.decodeInto.map(() => toTagged(point, decoder.decode(point)?.value));
    expect(decoded).toEqual(golden.decodeInto.map(({ value }) => normalise(value ?? null)));
  });
});

/** Without the names of structs, which depend on where the sender first met them. */
function unnamed(tagged: Tagged): unknown {
  return JSON.parse(JSON.stringify(tagged, (key, value: unknown) => (key === '$struct' ? '' : value)));
}

function decodeTyped(golden: GoldenCase, bytes: Uint8Array): Tagged[] {
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
