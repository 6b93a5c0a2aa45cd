import { GobError } from '../error.js';
import type { InterfaceRegistry } from './registry.js';

/**
 * What this side knows of a type. The wire knows less: it has one signed and one unsigned integer type, no
 * pointers, and names are only informative there. Built with the functions of `gob`.
 */
export type GobType =
  | BasicType
  | SliceType
  | ArrayType
  | MapType
  | StructType
  | InterfaceType
  | OpaqueType
  | PointerType
  | LazyType;

/** A type after pointers and lazy references have been followed. */
export type BaseType = Exclude<GobType, PointerType | LazyType>;

export type BasicKind = 'bool' | 'int' | 'uint' | 'float' | 'complex' | 'bytes' | 'string';

export interface BasicType {
  readonly kind: BasicKind;
  /** Go's name: `int8`, `[]uint8` … */
  readonly name: string;
  /** Width that a number must fit into. */
  readonly bits: 8 | 16 | 32 | 64;
}

/** Defined types carry Go's full name (`main.Point`); `''` stands for a type literal such as `[]string`. */
interface Named {
  readonly name: string;
}

export interface SliceType extends Named {
  readonly kind: 'slice';
  readonly elem: GobType;
}

export interface ArrayType extends Named {
  readonly kind: 'array';
  readonly elem: GobType;
  readonly length: number;
}

export interface MapType extends Named {
  readonly kind: 'map';
  readonly key: GobType;
  readonly elem: GobType;
}

export interface StructType extends Named {
  readonly kind: 'struct';
  readonly fields: readonly StructField[];
}

export interface StructField {
  readonly name: string;
  readonly type: GobType;
}

export interface InterfaceType extends Named {
  readonly kind: 'interface';
  readonly registry: InterfaceRegistry;
}

/** Bytes made by a type that encodes itself: time.Time, big.Int … */
export interface OpaqueType extends Named {
  readonly kind: 'opaque';
  readonly encoding: OpaqueEncoding;
  /** Go's methods are on the pointer type; it then takes a second type id. */
  readonly byPointer: boolean;
}

export type OpaqueEncoding = 'gob' | 'binary' | 'text';

/** Not on the wire. Its zero value is null; in a struct null is left out. */
export interface PointerType {
  readonly kind: 'pointer';
  readonly elem: GobType;
}

/** A reference to a type that is still being described. */
export interface LazyType {
  readonly kind: 'lazy';
  readonly resolve: () => GobType;
}

const MAX_INDIRECTIONS = 100;

/** Follows pointers and lazy references to the type whose values travel. */
export function baseOf(type: GobType): BaseType {
  let base = type;
  for (let step = 0; step < MAX_INDIRECTIONS; step++) {
    if (base.kind === 'pointer') base = base.elem;
    else if (base.kind === 'lazy') base = base.resolve();
    else return base;
  }
  throw new GobError('usage', 'a type that only refers to itself');
}
