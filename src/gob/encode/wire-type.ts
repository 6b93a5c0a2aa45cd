import type { ByteWriter } from '../wire/byte-writer.js';
import type { TypeNumbers } from './type-ids.js';
import {
  baseOf,
  type GobType,
  type OpaqueEncoding,
  type OpaqueType,
  type StructType,
} from '../schema/types.js';

type DefinedType = Exclude<
  ReturnType<typeof baseOf>,
  { readonly bits: number } | { readonly kind: 'interface' }
>;

/** Numbers of the fields of wireType. */
const FIELD = { array: 0, slice: 1, struct: 2, map: 3 } as const;
const OPAQUE_FIELD: Readonly<Record<OpaqueEncoding, number>> = { gob: 4, binary: 5, text: 6 };

/** Writes the wireType value that defines `type`; the bytes are drawn at readDefinition. */
export function writeDefinition(out: ByteWriter, type: DefinedType, numbers: TypeNumbers): void {
  const { id, name } = numbers.find(type);
  const idOf = (part: GobType): number => numbers.find(baseOf(part)).id;
  out.uint(1 + (type.kind === 'opaque' ? OPAQUE_FIELD[type.encoding] : FIELD[type.kind]));
  switch (type.kind) {
    case 'opaque':
      writeOpaque(out, type, numbers);
      break;
    case 'struct':
      writeCommon(out, name, id);
      writeStructFields(out, type, idOf);
      break;
    case 'slice':
      writeCommon(out, name, id);
      writeField(out, idOf(type.elem));
      break;
    case 'array':
      writeCommon(out, name, id);
      writeField(out, idOf(type.elem));
      if (type.length > 0) writeField(out, type.length);
      break;
    case 'map':
      writeCommon(out, name, id);
      writeField(out, idOf(type.key));
      writeField(out, idOf(type.elem));
      break;
  }
  out.byte(0);
  out.byte(0);
}

function writeStructFields(out: ByteWriter, type: StructType, idOf: (part: GobType) => number): void {
  if (type.fields.length === 0) return;
  out.byte(1);
  out.uint(type.fields.length);
  for (const field of type.fields) {
    out.byte(1);
    out.text(field.name);
    writeField(out, idOf(field.type));
    out.byte(0);
  }
}

/** Go defines such a type by its pointer, which has no name and an id of its own. */
function writeOpaque(out: ByteWriter, type: OpaqueType, numbers: TypeNumbers): void {
  const { id, name } = numbers.find(type);
  writeCommon(out, type.byPointer ? '' : name, type.byPointer ? numbers.extraId() : id);
}

/** CommonType, which is field 0 of every kind of definition. */
function writeCommon(out: ByteWriter, name: string, id: number): void {
  out.byte(1);
  if (name !== '') {
    out.byte(1);
    out.text(name);
  }
  out.byte(name === '' ? 2 : 1);
  out.int(id);
  out.byte(0);
}

/** The field after the one before it. */
function writeField(out: ByteWriter, value: number): void {
  out.byte(1);
  out.int(value);
}
