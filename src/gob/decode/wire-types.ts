import type { ByteReader } from '../wire/byte-reader.js';
import { malformed } from '../error.js';
import type { DecoderLimits } from './limits.js';
import type { BasicKind, OpaqueEncoding } from '../schema/types.js';
import { readDefinition } from './wire-type.js';

/** A type as the sender described it; its parts are ids, which may be defined later than it is. */
export type WireType = WireBasic | WireSlice | WireArray | WireMap | WireStruct | WireOpaque;

export interface WireBasic {
  readonly kind: BasicKind | 'interface';
  readonly name: string;
}

export interface WireSlice {
  readonly kind: 'slice';
  readonly name: string;
  readonly elem: number;
}

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

export interface WireOpaque {
  readonly kind: 'opaque';
  readonly name: string;
  readonly encoding: OpaqueEncoding;
}

export interface WireField {
  readonly name: string;
  readonly id: number;
}

/** The types that every stream knows. 9 to 15 are reserved; 16 to 24 describe definitions themselves. */
export const BASIC_IDS = {
  bool: 1,
  int: 2,
  uint: 3,
  float: 4,
  bytes: 5,
  string: 6,
  complex: 7,
  interface: 8,
} as const;

/** Go counts from 65 (go1.19) or 64 (go1.23) on. */
export const FIRST_USER_ID = 64;

const MAX_ID = 0x7fff_ffff;

const BUILT_IN: ReadonlyMap<number, WireType> = new Map(
  (['bool', 'int', 'uint', 'float', 'bytes', 'string', 'complex', 'interface'] as const).map((kind) => [
    BASIC_IDS[kind],
    { kind, name: kind },
  ]),
);

/** The types of one direction of one connection. */
export class WireTypes {
  readonly #types = new Map<number, WireType>(BUILT_IN);
  readonly #limits: DecoderLimits;
  #fields = 0;
  #bytes = 0;

  constructor(limits: DecoderLimits) {
    this.#limits = limits;
  }

  get(id: number): WireType {
    const type = this.#types.get(id);
    if (type === undefined) throw malformed(`unknown type id ${id} or corrupted data`);
    return type;
  }

  /** What a person calls the type. */
  nameOf(id: number): string {
    const type = this.#types.get(id);
    if (type === undefined) return 'unknown type';
    if (type.name !== '') return type.name;
    return type.kind === 'slice' ? `[]${this.#types.get(type.elem)?.name ?? '…'}` : type.kind;
  }

  /** Reads the definition of type `id`, which is all that precedes it in the message. */
  define(id: number, reader: ByteReader): void {
    if (id < FIRST_USER_ID || this.#types.has(id)) throw malformed('duplicate type received');
    if (id > MAX_ID) throw malformed(`type id ${id} is too large`);
    if (this.#types.size - BUILT_IN.size >= this.#limits.maxTypes)
      throw malformed('too many type definitions');
    const before = reader.remaining;
    const type = readDefinition(reader, this.#limits.maxFields - this.#fields);
    this.#bytes += before - reader.remaining;
    if (this.#bytes > this.#limits.maxDefinitionBytes) throw malformed('type definitions too large');
    if (type.kind === 'struct') this.#fields += type.fields.length;
    this.#types.set(id, type);
  }
}
