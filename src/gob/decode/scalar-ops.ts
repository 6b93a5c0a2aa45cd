import type { ScalarKind, ScalarType } from '../schema/types.js';
import type { ByteReader } from '../wire/byte-reader.js';
import type { DecoderState, ScalarOp } from './op.js';
import type { WireType } from './wire-type.js';

const READ: Readonly<Record<ScalarKind, (reader: ByteReader) => unknown>> = {
  bool: (reader) => reader.uint() !== 0,
  int: (reader) => reader.int(),
  uint: (reader) => reader.uint(),
  float: (reader) => reader.float(),
  bytes: (reader) => reader.bytes(),
  string: (reader) => reader.text(),
};

const ignoreNumber = op(({ reader }) => void reader.uint());
const ignoreText = op(({ reader }) => reader.skipText());
const ignoreComplex = op(({ reader }) => {
  reader.uint();
  reader.uint();
});

/** The op for a value that contains no others. The kinds of sender and target are known to agree. */
export function scalarOp({ kind, bits, name }: ScalarType): ScalarOp {
  const read = READ[kind];
  return bits === 64 ? op(({ reader }) => read(reader)) : narrowOp(kind, bits, name);
}

/** Reads past a value that contains no others: one number, two for a complex one, or bytes with their length in front. */
export function ignoreScalarOp(kind: ScalarKind | Extract<WireType['kind'], 'complex' | 'opaque'>): ScalarOp {
  if (kind === 'complex') return ignoreComplex;
  return kind === 'bytes' || kind === 'string' || kind === 'opaque' ? ignoreText : ignoreNumber;
}

/** Numbers that must fit into fewer bits than the wire can carry. */
function narrowOp(kind: ScalarKind, bits: number, name: string): ScalarOp {
  const outOfRange = (state: DecoderState): number => {
    state.mismatch(`value for "${name}" out of range`);
    return 0;
  };
  if (kind === 'float') {
    return op((state) => {
      const value = state.reader.float();
      return Number.isFinite(value) && !Number.isFinite(Math.fround(value)) ? outOfRange(state) : value;
    });
  }
  const [least, most] = kind === 'int' ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1];
  return op((state) => {
    const value = kind === 'int' ? state.reader.int() : state.reader.uint();
    return value < least || value > most ? outOfRange(state) : value;
  });
}

function op(decode: (state: DecoderState) => unknown): ScalarOp {
  return { isScalar: true, decode };
}
