import { malformed } from '../error.js';
import { mapOp, sliceOp } from './collection-ops.js';
import { findMismatch } from './compatible-type.js';
import { interfaceOp } from './interface-op.js';
import type { DecodeOp, DecodeTarget, KnownOps } from './op.js';
import { ignoreScalarOp, scalarOp } from './scalar-ops.js';
import { structOp } from './struct-engine.js';
import { wireTypeName, typeOf, type TypesById, type WireType } from './wire-type.js';

/**
 * Ops and comparisons of the types that some streams have defined, and no others. What failed because a type was not
 * defined yet is not kept.
 */
export class OpTable implements KnownOps {
  readonly #types: TypesById;
  readonly #ops = new Map<DecodeTarget, Map<number, DecodeOp>>();
  readonly #mismatches = new Map<DecodeTarget, Map<number, string | undefined>>();

  constructor(types: TypesById) {
    this.#types = types;
  }

  /** @throws GobError if the kinds differ, which `mismatchOf` would have said, or the type is unknown */
  opFor(wireId: number, target: DecodeTarget): DecodeOp {
    const ops = partOf(this.#ops, target);
    const known = ops.get(wireId);
    if (known !== undefined) return known;
    const op = decodeOpFor(typeOf(this.#types, wireId), target, this);
    if (op === undefined)
      throw malformed(`type ${wireTypeName(this.#types, wireId)} where another was agreed`);
    ops.set(wireId, op);
    return op;
  }

  has(wireId: number): boolean {
    return this.#types.has(wireId);
  }

  /** Why values of this type cannot become the target, in Go's words; undefined if they can. */
  mismatchOf(wireId: number, target: DecodeTarget): string | undefined {
    if (target === 'ignore') return undefined;
    const mismatches = partOf(this.#mismatches, target);
    if (!mismatches.has(wireId)) mismatches.set(wireId, findMismatch(this.#types, wireId, target));
    return mismatches.get(wireId);
  }
}

/** The op for values of `wire` that become `target`; undefined if their kinds differ. Parts are not looked at. */
function decodeOpFor(wire: WireType, target: DecodeTarget, ops: KnownOps): DecodeOp | undefined {
  if (target === 'ignore') return ignoreOpFor(wire, ops);
  switch (target.kind) {
    case 'slice':
      return wire.kind === 'slice' ? sliceOp(wire, target) : undefined;
    case 'map':
      return wire.kind === 'map' ? mapOp(wire, target) : undefined;
    case 'struct':
      return wire.kind === 'struct' ? structOp(wire, target, ops) : undefined;
    case 'interface':
      return wire.kind === 'interface' ? interfaceOp(target) : undefined;
    default:
      return wire.kind === target.kind ? scalarOp(target) : undefined;
  }
}

/** Every kind that Go sends can be read past, also those of which no value is ever given here. */
function ignoreOpFor(wire: WireType, ops: KnownOps): DecodeOp {
  switch (wire.kind) {
    case 'slice':
    case 'array':
      return sliceOp(wire, 'ignore');
    case 'map':
      return mapOp(wire, 'ignore');
    case 'struct':
      return structOp(wire, 'ignore', ops);
    case 'interface':
      return interfaceOp('ignore');
    default:
      return ignoreScalarOp(wire.kind);
  }
}

function partOf<V>(all: Map<DecodeTarget, Map<number, V>>, target: DecodeTarget): Map<number, V> {
  let part = all.get(target);
  if (part === undefined) all.set(target, (part = new Map<number, V>()));
  return part;
}
