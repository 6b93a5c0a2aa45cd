import type { ByteReader } from '../wire/byte-reader.js';
import type { LeafPlan, Run, Target } from './op.js';
import type { BasicKind } from '../schema/types.js';

type LeafKind = BasicKind | 'opaque';

const READ: Readonly<Record<LeafKind, (reader: ByteReader) => unknown>> = {
  bool: (reader) => reader.uint() !== 0,
  int: (reader) => reader.int(),
  uint: (reader) => reader.uint(),
  float: (reader) => reader.float(),
  complex: (reader) => ({ real: reader.float(), imaginary: reader.float() }),
  bytes: (reader) => reader.bytes(),
  string: (reader) => reader.text(),
  opaque: (reader) => reader.bytes(),
};

const skipNumber = leaf(({ reader }) => void reader.uint());
const skipText = leaf(({ reader }) => reader.skipText());
const skipComplex = leaf(({ reader }) => {
  reader.uint();
  reader.uint();
});

const SKIP: Readonly<Record<LeafKind, LeafPlan>> = {
  bool: skipNumber,
  int: skipNumber,
  uint: skipNumber,
  float: skipNumber,
  complex: skipComplex,
  bytes: skipText,
  string: skipText,
  opaque: skipText,
};

/** The plan for a value that contains no others. The kinds of sender and target are known to agree. */
export function leafPlan(kind: LeafKind, target: Target): LeafPlan {
  if (target === 'skip') return SKIP[kind];
  const read = READ[kind];
  if (target === 'any') return leaf(({ reader }) => ({ kind, value: read(reader) }));
  if (!('bits' in target) || target.bits === 64) return leaf(({ reader }) => read(reader));
  return narrowPlan(target.kind, target.bits, target.name);
}

/** Numbers that must fit into fewer bits than the wire can carry. */
function narrowPlan(kind: BasicKind, bits: number, name: string): LeafPlan {
  const outOfRange = (run: Run): number => {
    run.mismatch(`value for "${name}" out of range`);
    return 0;
  };
  if (kind === 'float') {
    return leaf((run) => {
      const value = run.reader.float();
      return Number.isFinite(value) && !Number.isFinite(Math.fround(value)) ? outOfRange(run) : value;
    });
  }
  const [least, most] = kind === 'int' ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1];
  return leaf((run) => {
    const value = kind === 'int' ? run.reader.int() : run.reader.uint();
    return value < least || value > most ? outOfRange(run) : value;
  });
}

function leaf(read: (run: Run) => unknown): LeafPlan {
  return { leaf: true, read };
}
