import { GobError } from '../error.js';
import type { InterfaceRegistry } from './registry.js';
import type {
  ArrayType,
  BasicKind,
  BasicType,
  GobType,
  InterfaceType,
  LazyType,
  MapType,
  OpaqueEncoding,
  OpaqueType,
  PointerType,
  SliceType,
  StructType,
} from './types.js';

function basic(kind: BasicKind, name: string, bits: BasicType['bits'] = 64): BasicType {
  return { kind, name, bits };
}

const uint8 = basic('uint', 'uint8', 8);
const bytes = basic('bytes', '[]uint8');
const emptyStruct: StructType = { kind: 'struct', name: '', fields: [] };

// A type literal is one type however often it is written, so equal literals are one object: the encoder
// defines a type once per object.
const slices = new WeakMap<GobType, SliceType>();
const arrays = new WeakMap<GobType, Map<number, ArrayType>>();
const maps = new WeakMap<GobType, WeakMap<GobType, MapType>>();
const pointers = new WeakMap<GobType, PointerType>();

/** JS: array. As in Go, a slice of uint8 is the type `bytes`. `name`: Go's full name if it is a defined type. */
function slice(elem: GobType, name = ''): SliceType | BasicType {
  if (elem === uint8) return bytes;
  if (name !== '') return { kind: 'slice', name, elem };
  return kept(slices, elem, () => ({ kind: 'slice', name: '', elem }));
}

/** JS: array of exactly `length` elements. */
function array(elem: GobType, length: number, name = ''): ArrayType {
  if (!Number.isSafeInteger(length) || length < 0) throw new GobError('usage', `array length ${length}`);
  if (name !== '') return { kind: 'array', name, elem, length };
  const sameElem = kept(arrays, elem, () => new Map<number, ArrayType>());
  return kept(sameElem, length, () => ({ kind: 'array', name: '', elem, length }));
}

/** JS: Map. Entries are written in the Map's order. */
function map(key: GobType, elem: GobType, name = ''): MapType {
  if (name !== '') return { kind: 'map', name, key, elem };
  const sameKey = kept(maps, key, () => new WeakMap<GobType, MapType>());
  return kept(sameKey, elem, () => ({ kind: 'map', name: '', key, elem }));
}

/**
 * JS: plain object with one property for each field; on the way out an absent one counts as zero. The fields
 * travel in the order of the record. `name`: Go's full name, e.g. `main.Point`; `''` = no name.
 */
function struct(name: string, fields: Readonly<Record<string, GobType>>): StructType {
  const entries = Object.entries(fields).map(([field, type]) => ({ name: field, type }));
  return name === '' && entries.length === 0 ? emptyStruct : { kind: 'struct', name, fields: entries };
}

/** JS: null, or `{ name, value }` with the name under which the content's type is registered. */
function interfaceOf(registry: InterfaceRegistry, name = 'interface {}'): InterfaceType {
  return { kind: 'interface', name, registry };
}

/** JS: Uint8Array, what the type's own encoding made. */
function opaque(name: string, encoding: OpaqueEncoding = 'gob', byPointer = false): OpaqueType {
  return { kind: 'opaque', name, encoding, byPointer };
}

/** JS: null or the value. Needed where a struct contains itself. */
function pointer(elem: GobType): PointerType {
  return kept(pointers, elem, () => ({ kind: 'pointer', elem }));
}

/**
 * For recursive types: the type is asked for when it is needed. A literal around it, as in `slice(lazy(…))`, is
 * not the same type as one around the type itself; each is then defined for itself, which readers do not mind.
 */
function lazy(resolve: () => GobType): LazyType {
  return { kind: 'lazy', resolve };
}

interface Keeper<K, V> {
  get(key: K): V | undefined;
  set(key: K, value: V): unknown;
}

function kept<K, V>(store: Keeper<K, V>, key: K, make: () => V): V {
  const known = store.get(key);
  if (known !== undefined) return known;
  const made = make();
  store.set(key, made);
  return made;
}

/**
 * Builders of types. Integers are JS numbers while they are safe and bigints beyond; both are taken for
 * encoding. Complex numbers are `{ real, imaginary }`, bytes are Uint8Array.
 */
export const gob = {
  bool: basic('bool', 'bool'),
  int: basic('int', 'int'),
  int8: basic('int', 'int8', 8),
  int16: basic('int', 'int16', 16),
  int32: basic('int', 'int32', 32),
  int64: basic('int', 'int64'),
  uint: basic('uint', 'uint'),
  uint8,
  uint16: basic('uint', 'uint16', 16),
  uint32: basic('uint', 'uint32', 32),
  uint64: basic('uint', 'uint64'),
  float: basic('float', 'float64'),
  float32: basic('float', 'float32', 32),
  complex: basic('complex', 'complex128'),
  bytes,
  string: basic('string', 'string'),
  slice,
  array,
  map,
  struct,
  interface: interfaceOf,
  opaque,
  pointer,
  lazy,
} as const;
