import { shortNameOf, spellingOf } from '../schema/go-names.js';
import type { GobType } from '../schema/types.js';
import { wireTypeName, typeOf, type TypesById } from './wire-type.js';

/**
 * Compares what the sender says a value is with what is wanted, through all parts of both, before the value is
 * read. Returns Go's words for the first difference. Our types end somewhere, so this does too, however the sender
 * nests his.
 */
export function findMismatch(types: TypesById, wireId: number, type: GobType): string | undefined {
  const wire = typeOf(types, wireId);
  const mine = (): string => spellingOf(type);
  const alone = (): string => {
    if (type.kind === 'struct') return `type mismatch in decoder: want struct type ${mine()}; got non-struct`;
    if (type.kind === 'interface') {
      return `local interface type *${mine()} can only be decoded from remote interface type; received concrete type ${wire.name}`;
    }
    return `decoding into local type *${mine()}, received remote type ${wireTypeName(types, wireId)}`;
  };
  if (wire.kind === 'struct' && type.kind === 'struct' && wire.fields.length > 0 && type.fields.length > 0) {
    const names = new Set(wire.fields.map((field) => field.name));
    const someMatch = type.fields.some((field) => names.has(field.name));
    if (!someMatch) return `type mismatch: no fields matched compiling decoder for ${shortNameOf(type)}`;
  }
  return difference(types, wireId, type, alone);
}

/** `blame`: what to say if the two types themselves, or parts of them that no struct field names, differ. */
function difference(
  types: TypesById,
  wireId: number,
  type: GobType,
  blame: () => string,
): string | undefined {
  const wire = typeOf(types, wireId);
  if (wire.kind === 'slice' && type.kind === 'slice') return difference(types, wire.elem, type.elem, blame);
  if (wire.kind === 'map' && type.kind === 'map') {
    return difference(types, wire.key, type.key, blame) ?? difference(types, wire.elem, type.elem, blame);
  }
  if (wire.kind !== 'struct' || type.kind !== 'struct') return wire.kind === type.kind ? undefined : blame();
  const sent = new Map(wire.fields.map((field) => [field.name, field.id]));
  for (const { name, type: own } of type.fields) {
    const id = sent.get(name);
    const blameField = (): string =>
      `wrong type (${spellingOf(own)}) for received field ${wire.name}.${name}`;
    const found = id === undefined ? undefined : difference(types, id, own, blameField);
    if (found !== undefined) return found;
  }
  return undefined;
}
