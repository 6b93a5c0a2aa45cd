import { GobError } from '../error.js';
import type {
  GobType,
  Infer,
  InterfaceContents,
  InterfaceType,
  MapType,
  ScalarKind,
  ScalarType,
  SliceType,
  StructType,
} from './types.js';

/** Integers of 64 bits are numbers while they are safe, and bigints beyond; both are taken for encoding. */
type WideInteger = number | bigint;

function scalar<T>(kind: ScalarKind, name: string, bits: ScalarType['bits'] = 64): GobType<T> {
  return { kind, name, bits };
}

const scalars = {
  bool: scalar<boolean>('bool', 'bool'),
  int: scalar<WideInteger>('int', 'int'),
  int8: scalar<number>('int', 'int8', 8),
  int16: scalar<number>('int', 'int16', 16),
  int32: scalar<number>('int', 'int32', 32),
  int64: scalar<WideInteger>('int', 'int64'),
  uint: scalar<WideInteger>('uint', 'uint'),
  uint8: scalar<number>('uint', 'uint8', 8),
  uint16: scalar<number>('uint', 'uint16', 16),
  uint32: scalar<number>('uint', 'uint32', 32),
  uint64: scalar<WideInteger>('uint', 'uint64'),
  float: scalar<number>('float', 'float64'),
  float32: scalar<number>('float', 'float32', 32),
  /** In Go a slice of uint8. */
  bytes: scalar<Uint8Array>('bytes', '[]uint8'),
  string: scalar<string>('string', 'string'),
} as const;

// A type literal is one type however often it is written, so equal literals are one object: the encoder
// defines a type once per object.
const slices = new WeakMap<GobType, SliceType>();
const maps = new WeakMap<GobType, WeakMap<GobType, MapType>>();
const emptyStruct: StructType = { kind: 'struct', name: '', fields: [] };

/** JS: array. */
function slice<T>(elem: GobType<T>): GobType<readonly T[]> {
  if (elem === scalars.uint8) throw new GobError('usage', 'a slice of uint8 is the type gob.bytes');
  return kept(slices, elem, () => ({ kind: 'slice', elem }));
}

/** JS: Map. Entries are written in the Map's order. */
function map<K, V>(key: GobType<K>, elem: GobType<V>): GobType<ReadonlyMap<K, V>> {
  const sameKey = kept(maps, key, () => new WeakMap<GobType, MapType>());
  return kept(sameKey, elem, () => ({ kind: 'map', key, elem }));
}

/**
 * JS: plain object with one property for each field. The fields travel in the order of the record. `name`: Go's full
 * name, e.g. `main.Point`; `''` = no name.
 */
function struct<F extends Readonly<Record<string, GobType>>>(
  name: string,
  fields: F,
): GobType<{ readonly [K in keyof F]: Infer<F[K]> }> {
  const entries = Object.entries(fields).map(([field, type]) => ({ name: field, type }));
  return name === '' && entries.length === 0 ? emptyStruct : { kind: 'struct', name, fields: entries };
}

/** The content of an interface value: one of the registered types, told apart by the name of each. */
type ContentOf<C extends InterfaceContents> = {
  readonly [N in keyof C & string]: { readonly name: N; readonly value: Infer<C[N]> };
}[keyof C & string];

/** The names that every Go program has registered: the basic types and the slices of them (complex numbers left out). */
const registered = {
  bool: scalars.bool,
  int: scalars.int,
  int8: scalars.int8,
  int16: scalars.int16,
  int32: scalars.int32,
  int64: scalars.int64,
  uint: scalars.uint,
  uint8: scalars.uint8,
  uint16: scalars.uint16,
  uint32: scalars.uint32,
  uint64: scalars.uint64,
  float64: scalars.float,
  float32: scalars.float32,
  string: scalars.string,
  '[]bool': slice(scalars.bool),
  '[]int': slice(scalars.int),
  '[]int8': slice(scalars.int8),
  '[]int16': slice(scalars.int16),
  '[]int32': slice(scalars.int32),
  '[]int64': slice(scalars.int64),
  '[]uint': slice(scalars.uint),
  '[]uint8': scalars.bytes,
  '[]uint16': slice(scalars.uint16),
  '[]uint32': slice(scalars.uint32),
  '[]uint64': slice(scalars.uint64),
  '[]float64': slice(scalars.float),
  '[]float32': slice(scalars.float32),
  '[]string': slice(scalars.string),
} as const;

/**
 * JS: null, or `{ name, value }` with the name under which the content's type is registered: in `contents`, or in
 * every Go program. The record is looked into when a value comes: a type that itself contains the interface may be
 * added to it later.
 */
function interfaceOf<const C extends InterfaceContents>(
  contents: C,
  name = 'interface {}',
): GobType<ContentOf<C & typeof registered> | null> {
  const wrong = Object.keys(contents).find((key) => key === '' || Object.hasOwn(registered, key));
  if (wrong !== undefined) {
    throw new GobError('usage', `the interface name "${wrong}" cannot be registered: it is empty or taken`);
  }
  return { kind: 'interface', name, contents };
}

/** The type of an interface's content. The name comes from the peer: `constructor` must not find anything. */
export function contentType({ contents }: InterfaceType, name: string): GobType | undefined {
  const basic: InterfaceContents = registered;
  if (Object.hasOwn(contents, name)) return contents[name];
  return Object.hasOwn(basic, name) ? basic[name] : undefined;
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
 * Builders of types. Kinds that this protocol does not speak (arrays, complex numbers, types that encode themselves)
 * are missing: where a peer sends one in a field that is not wanted here, it is read past.
 */
export const gob = { ...scalars, slice, map, struct, interface: interfaceOf } as const;
