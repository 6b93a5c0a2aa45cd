import { GobError } from '../error.js';
import { spellingOf } from '../schema/go-names.js';
import type { GobType, ScalarType } from '../schema/types.js';
import type { ByteWriter } from '../wire/byte-writer.js';

export function wrongValue(type: GobType, value: unknown): GobError {
  const what = value === null ? 'null' : Array.isArray(value) ? `array of ${value.length}` : typeof value;
  return new GobError('usage', `cannot encode ${what} as ${spellingOf(type)}`);
}

/** Writes a value that contains no others. */
export function encodeScalar(type: ScalarType, value: unknown, out: ByteWriter): void {
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
    case 'string':
      if (typeof value !== 'string') throw wrongValue(type, value);
      out.text(value);
      break;
    case 'bytes':
      if (!(value instanceof Uint8Array)) throw wrongValue(type, value);
      out.bytes(value);
  }
}

/** A number or bigint that is an integer and fits the type. */
function toInteger(type: ScalarType, value: unknown): number | bigint {
  if (typeof value !== 'bigint' && !Number.isSafeInteger(value)) throw wrongValue(type, value);
  const integer = typeof value === 'bigint' ? value : Number(value);
  if (type.bits < 64 || typeof integer === 'bigint' || type.kind === 'uint') {
    const wide = BigInt(integer);
    const fits = type.kind === 'int' ? BigInt.asIntN(type.bits, wide) : BigInt.asUintN(type.bits, wide);
    if (fits !== wide) throw new GobError('usage', `${integer} does not fit into ${type.name}`);
  }
  return integer;
}

/** Whether a struct leaves the field out: it does for zero values, except structs. An empty Map counts as Go's nil map. */
export function isOmitted(type: GobType, value: unknown): boolean {
  switch (type.kind) {
    case 'bool':
      return value === false;
    case 'int':
    case 'uint':
    case 'float':
      return value === 0 || value === 0n;
    case 'string':
      return value === '';
    case 'bytes':
    case 'slice':
      return typeof value === 'object' && value !== null && 'length' in value && value.length === 0;
    case 'map':
      return value instanceof Map && value.size === 0;
    case 'interface':
      return value === null;
    case 'struct':
      return false;
  }
}
