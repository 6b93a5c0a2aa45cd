import { malformed } from '../error.js';
import type { BUILTIN_IDS } from '../wire/builtin-ids.js';
import type { ByteReader } from '../wire/byte-reader.js';

/** A type as the sender described it; its parts are ids, which may be defined later than it is. */
export type WireType = WireBuiltIn | WireSlice | WireArray | WireMap | WireStruct | WireOpaque;

export interface WireBuiltIn {
  readonly kind: keyof typeof BUILTIN_IDS;
  readonly name: string;
}

export interface WireSlice {
  readonly kind: 'slice';
  readonly name: string;
  readonly elem: number;
}

/** Only ever read past. */
export interface WireArray {
  readonly kind: 'array';
  readonly name: string;
  readonly elem: number;
  readonly length: number;
}

export interface WireMap {
  readonly kind: 'map';
  readonly name: string;
  readonly key: number;
  readonly elem: number;
}

export interface WireStruct {
  readonly kind: 'struct';
  readonly name: string;
  readonly fields: readonly WireField[];
}

/** A type that encodes itself: time.Time, big.Int … Its values are bytes, which are only ever read past. */
export interface WireOpaque {
  readonly kind: 'opaque';
  readonly name: string;
}

/** By id: of the stream's definitions, and those that every stream knows. */
export type TypesById = ReadonlyMap<number, WireType>;

/** @throws GobError if there is none of this id */
export function typeOf(types: TypesById, id: number): WireType {
  const type = types.get(id);
  if (type === undefined) throw malformed(`unknown type id ${id} or corrupted data`);
  return type;
}

/** The type's name for messages. */
export function wireTypeName(types: TypesById, id: number): string {
  const type = types.get(id);
  if (type === undefined) return 'unknown type';
  if (type.name !== '') return type.name;
  return type.kind === 'slice' ? `[]${types.get(type.elem)?.name ?? '…'}` : type.kind;
}

export interface WireField {
  readonly name: string;
  readonly id: number;
}

/**
 * A type definition is an ordinary struct value, of a type that every stream knows:
 *
 * ```
 * 03                            field 2 of wireType: StructT
 *   01                          field 0: CommonType
 *     01 05 506f696e74          field 0: Name "Point"
 *     01 ff82                   field 1: Id 65 (informative: the id in front of the definition counts)
 *     00
 *   01 02                       field 1: Field, 2 elements
 *     01 01 58  01 04  00       Name "X", Id 2 (int)
 *     01 01 59  01 04  00       Name "Y", Id 2
 *   00
 * 00
 * ```
 */
export function decodeWireType(reader: ByteReader, maxFields: number): WireType {
  let type: WireType | undefined;
  const only = (read: () => WireType) => (): void => {
    if (type !== undefined) throw malformed('a type definition of two kinds');
    type = read();
  };
  readFields(reader, [
    only(() => readArray(reader)),
    only(() => readSlice(reader)),
    only(() => readStruct(reader, maxFields)),
    only(() => readMap(reader)),
    only(() => readOpaque(reader)),
    only(() => readOpaque(reader)),
    only(() => readOpaque(reader)),
  ]);
  if (type === undefined) throw malformed('a type definition without a kind');
  return type;
}

function readArray(reader: ByteReader): WireType {
  const { name, ids } = readNamed(reader, 2);
  const [elem = 0, length = 0] = ids;
  return { kind: 'array', name, elem, length };
}

function readSlice(reader: ByteReader): WireType {
  const { name, ids } = readNamed(reader, 1);
  const [elem = 0] = ids;
  return { kind: 'slice', name, elem };
}

function readMap(reader: ByteReader): WireType {
  const { name, ids } = readNamed(reader, 2);
  const [key = 0, elem = 0] = ids;
  return { kind: 'map', name, key, elem };
}

/** GobEncoderT, BinaryMarshalerT and TextMarshalerT. */
function readOpaque(reader: ByteReader): WireType {
  return { kind: 'opaque', name: readNamed(reader, 0).name };
}

/** What most kinds are: a CommonType, then numbers of types, and an array's length, which is written like one. */
function readNamed(reader: ByteReader, count: number): { name: string; ids: readonly number[] } {
  let name = '';
  const ids = Array.from({ length: count }, () => 0);
  readFields(reader, [
    () => (name = readCommonName(reader)),
    ...ids.map((_, index) => () => (ids[index] = readId(reader))),
  ]);
  return { name, ids };
}

function readStruct(reader: ByteReader, maxFields: number): WireType {
  let name = '';
  const fields: WireField[] = [];
  const readFieldTypes = (): void => {
    const count = reader.count();
    if (count > maxFields) throw malformed(`a struct of ${count} fields, or too many in all`);
    while (fields.length < count) fields.push(readFieldType(reader));
  };
  readFields(reader, [() => (name = readCommonName(reader)), readFieldTypes]);
  return { kind: 'struct', name, fields };
}

function readFieldType(reader: ByteReader): WireField {
  let name = '';
  let id = 0;
  readFields(reader, [() => (name = reader.text()), () => (id = readId(reader))]);
  return { name, id };
}

function readCommonName(reader: ByteReader): string {
  let name = '';
  readFields(reader, [() => (name = reader.text()), () => reader.int()]);
  return name;
}

/** A type id, or the length of an array: an int that is not negative. */
function readId(reader: ByteReader): number {
  const id = reader.int();
  if (typeof id === 'bigint' || id < 0) throw malformed(`${id} in a type definition`);
  return id;
}

/** A struct value: pairs of field-number delta and value, ended by delta 0. A field twice: not possible. */
function readFields(reader: ByteReader, readers: readonly (() => unknown)[]): void {
  for (let number = -1; ;) {
    const delta = reader.count();
    if (delta === 0) return;
    number += delta;
    const read = readers[number];
    if (read === undefined) throw malformed('bad data: field numbers out of bounds');
    read();
  }
}
