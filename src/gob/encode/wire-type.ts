import type { GobType, StructType } from '../schema/types.js';
import type { ByteWriter } from '../wire/byte-writer.js';
import type { DefinedType, TypeIds } from './type-ids.js';

/** Numbers of the fields of Go's wireType. */
const FIELD = { slice: 1, struct: 2, map: 3 } as const;

/** Writes the wireType value that defines `type`; the bytes are drawn at decodeWireType. */
export function encodeWireType(out: ByteWriter, type: DefinedType, ids: TypeIds): void {
  const { id, name } = ids.find(type);
  const idOf = (part: GobType): number => ids.find(part).id;
  out.uint(1 + FIELD[type.kind]);
  encodeCommonType(out, name, id);
  switch (type.kind) {
    case 'struct':
      encodeFieldTypes(out, type, ids);
      break;
    case 'slice':
      encodeId(out, idOf(type.elem));
      break;
    case 'map':
      encodeId(out, idOf(type.key));
      encodeId(out, idOf(type.elem));
      break;
  }
  out.byte(0);
  out.byte(0);
}

function encodeFieldTypes(out: ByteWriter, type: StructType, ids: TypeIds): void {
  if (type.fields.length === 0) return;
  out.byte(1);
  out.uint(type.fields.length);
  for (const field of type.fields) {
    out.byte(1);
    out.text(field.name);
    encodeId(out, ids.find(field.type).id);
    out.byte(0);
  }
}

/** CommonType, which is field 0 of every kind of definition. */
function encodeCommonType(out: ByteWriter, name: string, id: number): void {
  out.byte(1);
  if (name !== '') {
    out.byte(1);
    out.text(name);
  }
  out.byte(name === '' ? 2 : 1);
  out.int(id);
  out.byte(0);
}

/** An id, as the field after the one before it. */
function encodeId(out: ByteWriter, id: number): void {
  out.byte(1);
  out.int(id);
}
