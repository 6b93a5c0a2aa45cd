import { GobDecoder, GobError, type GobType } from '../../src/gob/index.js';
import { anything, typeOfGolden } from './go-types.js';
import { bytesOf, goldenCases } from './golden-values.js';
import { mutate } from './mutate.js';
import { seededRandom } from './random.js';
import { gobBytes, recordedConnections } from './recorded-sessions.js';

/** How a stream is read: past its values, or as values of one type. */
type Mode = 'skip' | GobType;

const vectors = goldenCases.map((golden) => ({
  bytes: bytesOf(golden),
  type: goldenType(
    golden.decodeInto[0]?.goType ?? golden.goType,
    Array.isArray(golden.values) ? golden.values[0] : null,
  ),
}));
const seeds = vectors.filter(({ bytes }) => bytes.length > 0 && bytes.length <= 2_000);

/** Far more than is needed; a machine may be busy. */
const LIMIT_MS = 60_000;
const BLOCKS = 20;
const MUTATIONS_PER_BLOCK = 50_000;

// A million faults need no stack traces, which are most of their cost.
const { stackTraceLimit } = Error;
beforeAll(() => void (Error.stackTraceLimit = 0));
afterAll(() => void (Error.stackTraceLimit = stackTraceLimit));

describe('a million mutated streams', () => {
  let total = 0;

  test.each(Array.from({ length: BLOCKS }, (_, i) => i + 1))(
    'block %i',
    (block) => {
      const random = seededRandom(block * 7919);
      for (let i = 0; i < MUTATIONS_PER_BLOCK; i++) {
        const { bytes, type } = seeds[random(seeds.length)] ?? missing();
        readAll(mutate(bytes, random), ([type, 'skip', anything] as const)[random(3)] ?? type, random(80));
        total++;
      }
      expect(total).toBe(block * MUTATIONS_PER_BLOCK);
    },
    LIMIT_MS,
  );

  test('were a million', () => expect(total).toBe(1_000_000));
});

describe('every truncation', () => {
  test(
    'of every vector',
    () => {
      let count = 0;
      for (const { bytes, type } of vectors) {
        // Of the few long runs of equal bytes not every length is tried, but the ends are.
        for (
          let length = 0;
          length < bytes.length;
          length += length > 4_000 && length < bytes.length - 300 ? 997 : 1
        ) {
          for (const mode of [type, 'skip'] as const) readAll(bytes.subarray(0, length), mode);
          count++;
        }
      }
      expect(count).toBeGreaterThan(20_000);
    },
    LIMIT_MS,
  );

  test('gives no value that the whole stream does not give', () => {
    const { bytes } = vectors.find(({ bytes: { length } }) => length > 150) ?? missing();
    const whole = readAll(bytes, 'skip');
    for (let length = 0; length < bytes.length; length++) {
      expect(readAll(bytes.subarray(0, length), 'skip')).toBeLessThanOrEqual(whole);
    }
  });

  test('of a recorded session', () => {
    const connection = recordedConnections().find(({ name }) => name === 'create 1.0') ?? missing();
    const bytes = gobBytes(connection, 'server->client');
    for (let length = 0; length < 2_000; length++) readAll(bytes.subarray(0, length), 'skip');
    expect(bytes.length).toBeGreaterThan(2_000);
  });
});

/**
 * Reads two chunks to the end, or to the first fault that cannot be passed; returns how many values came. Only
 * GobError may come out.
 */
function readAll(bytes: Uint8Array, mode: Mode, firstChunk = bytes.length): number {
  const decoder = new GobDecoder();
  let values = 0;
  try {
    for (const chunk of [bytes.subarray(0, firstChunk), bytes.subarray(firstChunk)]) {
      decoder.push(chunk);
      while (readOne(decoder, mode)) values++;
    }
    decoder.end();
  } catch (error) {
    if (!(error instanceof GobError)) throw describeFault(error, bytes);
  }
  return values;
}

/** Goes on behind a fault where the decoder says that it can. */
function readOne(decoder: GobDecoder, mode: Mode): boolean {
  try {
    if (mode === 'skip') return decoder.skip();
    return decoder.decode(mode) !== undefined;
  } catch (error) {
    if (error instanceof GobError && error.recoverable) return true;
    throw error;
  }
}

function describeFault(cause: unknown, bytes: Uint8Array): Error {
  return new Error(`not a GobError for ${Buffer.from(bytes).toString('hex')}`, { cause });
}

function goldenType(goType: string, tagged: unknown): GobType {
  try {
    return typeOfGolden(goType, tagged);
  } catch {
    return typeOfGolden('Point', null);
  }
}

function missing(): never {
  throw new Error('nothing there');
}
