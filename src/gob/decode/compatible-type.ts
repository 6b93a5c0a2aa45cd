import { shortNameOf, spellingOf } from '../schema/go-names.js';
import { baseOf, type BaseType, type GobType } from '../schema/types.js';
import type { WireType, WireTypes } from './wire-types.js';

/** A pair that has to agree, and how to say that it does not. */
interface Pair {
  readonly wireId: number;
  readonly type: BaseType;
  readonly blame: () => string;
}

/**
 * Compares what the sender says a value is with what is wanted, through all parts of both, before the value is
 * read. Returns Go's words for the first difference. Works on a list, not by recursion, because the sender
 * decides how deep its types are.
 */
export function findMismatch(types: WireTypes, wireId: number, type: BaseType): string | undefined {
  const wire = types.get(wireId);
  const mine = (): string => spellingOf(type);
  const alone = (): string => {
    if (type.kind === 'struct') return `type mismatch in decoder: want struct type ${mine()}; got non-struct`;
    if (type.kind === 'interface') {
      return `local interface type *${mine()} can only be decoded from remote interface type; received concrete type ${wire.name}`;
    }
    return `decoding into local type *${mine()}, received remote type ${types.nameOf(wireId)}`;
  };
  if (wire.kind === 'struct' && type.kind === 'struct' && wire.fields.length > 0 && type.fields.length > 0) {
    const names = new Set(wire.fields.map((field) => field.name));
    const someMatch = type.fields.some((field) => names.has(field.name));
    if (!someMatch) return `type mismatch: no fields matched compiling decoder for ${shortNameOf(type)}`;
  }
  return firstDifference(types, { wireId, type, blame: alone });
}

function firstDifference(types: WireTypes, first: Pair): string | undefined {
  const seen = new Map<BaseType, Set<number>>();
  const open = [first];
  for (let pair = open.pop(); pair !== undefined; pair = open.pop()) {
    const ids = seen.get(pair.type) ?? new Set();
    if (ids.has(pair.wireId)) continue;
    seen.set(pair.type, ids.add(pair.wireId));
    const parts = partsToAgree(types.get(pair.wireId), pair);
    if (parts === undefined) return pair.blame();
    open.push(...parts);
  }
  return undefined;
}

/** The pairs of parts that must agree too; undefined if the two types themselves do not. */
function partsToAgree(wire: WireType, { type, blame }: Pair): readonly Pair[] | undefined {
  const part = (wireId: number, own: GobType): Pair => ({ wireId, type: baseOf(own), blame });
  switch (wire.kind) {
    case 'slice':
      return type.kind === 'slice' ? [part(wire.elem, type.elem)] : undefined;
    case 'array':
      return type.kind === 'array' && type.length === wire.length ? [part(wire.elem, type.elem)] : undefined;
    case 'map':
      return type.kind === 'map' ? [part(wire.key, type.key), part(wire.elem, type.elem)] : undefined;
    case 'struct': {
      if (type.kind !== 'struct') return undefined;
      const sent = new Map(wire.fields.map((field) => [field.name, field.id]));
      return type.fields.flatMap((field) => {
        const wireId = sent.get(field.name);
        if (wireId === undefined) return [];
        const wrong = (): string =>
          `wrong type (${spellingOf(field.type)}) for received field ${wire.name}.${field.name}`;
        return [{ wireId, type: baseOf(field.type), blame: wrong }];
      });
    }
    case 'opaque':
      return type.kind === 'opaque' && type.encoding === wire.encoding ? [] : undefined;
    default:
      return type.kind === wire.kind ? [] : undefined;
  }
}
