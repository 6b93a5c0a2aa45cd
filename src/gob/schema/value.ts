/** A value read without any type of our own: what the sender said, and nothing more. */
export type GobValue =
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'int' | 'uint'; readonly value: number | bigint }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'complex'; readonly value: GobComplex }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'bytes' | 'opaque'; readonly value: Uint8Array }
  /** A slice or an array. */
  | { readonly kind: 'list'; readonly elements: readonly GobValue[] }
  /** In the order of the stream, repeated keys included. */
  | { readonly kind: 'map'; readonly entries: readonly (readonly [GobValue, GobValue])[] }
  /** Only the fields that travelled, i.e. none with a zero value. */
  | { readonly kind: 'struct'; readonly name: string; readonly fields: ReadonlyMap<string, GobValue> }
  | { readonly kind: 'interface'; readonly content: GobInterfaceContent | null };

export interface GobInterfaceContent {
  /** The name under which the sender registered the content's type. */
  readonly name: string;
  readonly typeId: number;
  readonly value: GobValue;
}

export interface GobComplex {
  readonly real: number;
  readonly imaginary: number;
}

/** A value that is read as an interface of a known registry. */
export interface GobInterface {
  readonly name: string;
  readonly value: unknown;
}
