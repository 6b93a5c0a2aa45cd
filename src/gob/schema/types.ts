/** The place of a type's `T`. It exists for the compiler alone: no object has it. */
declare const VALUE: unique symbol;

/**
 * A Go type, and with it the TypeScript type `T` of its values here: what `decode` gives and `encode` takes. Built
 * with the functions of `gob`. The wire knows less than this: it has one signed and one unsigned integer type, and
 * names are only informative there.
 */
export type GobType<T = unknown> = AnyType & { readonly [VALUE]?: () => T };

/** The TypeScript type of a Go type: `Infer<typeof rpcFlags>`. */
export type Infer<G extends GobType> = G extends GobType<infer T> ? T : never;

type AnyType = ScalarType | SliceType | MapType | StructType | InterfaceType;

/** Kinds whose values contain no others. */
export type ScalarKind = 'bool' | 'int' | 'uint' | 'float' | 'bytes' | 'string';

export interface ScalarType {
  readonly kind: ScalarKind;
  /** Go's name: `int8`, `[]uint8` … */
  readonly name: string;
  /** Width that a number must fit into. */
  readonly bits: 8 | 16 | 32 | 64;
}

export interface SliceType {
  readonly kind: 'slice';
  readonly elem: GobType;
}

export interface MapType {
  readonly kind: 'map';
  readonly key: GobType;
  readonly elem: GobType;
}

export interface StructType {
  readonly kind: 'struct';
  /** Go's full name, e.g. `main.Point`; `''` for a struct type that has none. */
  readonly name: string;
  readonly fields: readonly StructField[];
}

export interface StructField {
  readonly name: string;
  readonly type: GobType;
}

export interface InterfaceType {
  readonly kind: 'interface';
  readonly name: string;
  readonly contents: InterfaceContents;
}

/**
 * The types that may stand in an interface value, by the names under which both sides registered them (in Go:
 * gob.Register). A name for a pointer type carries its star: `*mcnflag.StringFlag`.
 */
export type InterfaceContents = Readonly<Record<string, GobType>>;
