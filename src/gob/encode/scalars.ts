import type { ByteWriter } from '../wire/byte-writer.js';
import { GobError } from '../error.js';
import { spellingOf } from '../schema/go-names.js';
import { baseOf, type BaseType, type BasicType, type GobType, type OpaqueType } from '../schema/types.js';
import type { GobComplex } from '../schema/value.js';

export function wrongValue(type: BaseType, value: unknown): GobError {
  const what = value === null ? 'null' : Array.isArray(value) ? `array of ${value.length}` : typeof value;
  return new GobError('usage', `cannot encode ${what} as ${spellingOf(type)}`);
}

/** Writes a value that contains no others. */
export function writeLeaf(type: BasicType | OpaqueType, value: unknown, out: ByteWriter): void {
  switch (type.kind) {
    case 'bool':
      if (typeof value !== 'boolean') throw wrongValue(type, value);
      out.byte(value ? 1 : 0);
      break;
    case 'int':
      out.int(toInteger(type, value));
      break;
    case 'uint':
      out.uint(toInteger(type, value));
      break;
    case 'float':
      if (typeof value !== 'number') throw wrongValue(type, value);
      out.float(value);
      break;
    case 'complex': {
      const { real, imaginary } = toComplex(type, value);
      out.float(real);
      out.float(imaginary);
      break;
    }
    case 'string':
      if (typeof value !== 'string') throw wrongValue(type, value);
      out.text(value);
      break;
    case 'bytes':
    case 'opaque':
      if (!(value instanceof Uint8Array)) throw wrongValue(type, value);
      out.bytes(value);
  }
}

/** A number or bigint that is an integer and fits the type. */
function toInteger(type: BasicType, value: unknown): number | bigint {
  if (typeof value !== 'bigint' && !Number.isSafeInteger(value)) throw wrongValue(type, value);
  const integer = typeof value === 'bigint' ? value : Number(value);
  if (type.bits < 64 || typeof integer === 'bigint' || type.kind === 'uint') {
    const wide = BigInt(integer);
    const fits = type.kind === 'int' ? BigInt.asIntN(type.bits, wide) : BigInt.asUintN(type.bits, wide);
    if (fits !== wide) throw new GobError('usage', `${integer} does not fit into ${type.name}`);
  }
  return integer;
}

function toComplex(type: BasicType, value: unknown): GobComplex {
  if (typeof value === 'object' && value !== null && 'real' in value && 'imaginary' in value) {
    const { real, imaginary } = value;
    if (typeof real === 'number' && typeof imaginary === 'number') return { real, imaginary };
  }
  throw wrongValue(type, value);
}

/**
 * Whether a struct leaves the field out: it does for zero values, except structs and arrays, and a Map that
 * exists (Go's empty but non-nil map).
 */
export function isOmitted(type: GobType, value: unknown): boolean {
  if (value === undefined || value === null) return !isSentWhenAbsent(type);
  switch (baseOf(type).kind) {
    case 'bool':
      return value === false;
    case 'int':
    case 'uint':
    case 'float':
      return value === 0 || value === 0n;
    case 'complex':
      return (
        typeof value === 'object' &&
        'real' in value &&
        'imaginary' in value &&
        !value.real &&
        !value.imaginary
      );
    case 'string':
      return value === '';
    case 'bytes':
    case 'slice':
      return typeof value === 'object' && 'length' in value && value.length === 0;
    default:
      return false;
  }
}

function isSentWhenAbsent(type: GobType): boolean {
  if (type.kind === 'lazy') return isSentWhenAbsent(type.resolve());
  return type.kind === 'struct' || type.kind === 'array';
}
