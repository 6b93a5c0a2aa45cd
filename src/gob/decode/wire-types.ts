import { malformed } from '../error.js';
import { BUILTIN_IDS, FIRST_USER_ID } from '../wire/builtin-ids.js';
import type { ByteReader } from '../wire/byte-reader.js';
import type { DecoderLimits } from './limits.js';
import { OpTable } from './op-for.js';
import { decodeWireType, typeOf, type TypesById, type WireType } from './wire-type.js';

const MAX_ID = 0x7fff_ffff;

const BUILT_IN: TypesById = new Map(
  (['bool', 'int', 'uint', 'float', 'bytes', 'string', 'complex', 'interface'] as const).map((kind) => [
    BUILTIN_IDS[kind],
    { kind, name: kind },
  ]),
);

/** The types that a stream has defined so far, and what was made of them. Never changed: one more type is another set. */
interface TypeSet {
  readonly types: TypesById;
  readonly ops: OpTable;
  /** Of all structs. */
  readonly fields: number;
  /** Of all definitions. */
  readonly bytes: number;
  /** By id and bytes of the definition that came next, on streams that went on from here. */
  readonly next: Map<string, TypeSet>;
}

function typeSet(types: TypesById, fields: number, bytes: number): TypeSet {
  return { types, ops: new OpTable(types), fields, bytes, next: new Map() };
}

const NOTHING_DEFINED = typeSet(BUILT_IN, 0, 0);
/**
 * Programs define the same few types on each of their connections, so what was made of them is kept for the next one. So
 * many sets, and none by longer definitions, however many kinds of streams come. Bytes.
 */
const KEPT_SETS = 64;
const KEPT_DEFINITION = 512;
let keptSets = 0;

/** The types of one direction of one connection. */
export class WireTypes {
  readonly #limits: DecoderLimits;
  #defined = NOTHING_DEFINED;

  constructor(limits: DecoderLimits) {
    this.#limits = limits;
  }

  get ops(): OpTable {
    return this.#defined.ops;
  }

  get(id: number): WireType {
    return typeOf(this.#defined.types, id);
  }

  /** Reads the definition of type `id`. `isAlone`: the rest of the message is nothing but that. */
  define(id: number, reader: ByteReader, isAlone: boolean): void {
    const before = this.#defined;
    const key = isAlone && reader.remaining <= KEPT_DEFINITION ? `${id}:${reader.rest()}` : undefined;
    const known = key === undefined ? undefined : before.next.get(key);
    if (known !== undefined && this.#isWithinLimits(known)) {
      reader.drop();
      this.#defined = known;
      return;
    }
    const defined = this.#with(id, reader);
    this.#defined = defined;
    if (key === undefined || reader.remaining > 0 || keptSets >= KEPT_SETS) return;
    keptSets += 1;
    before.next.set(key, defined);
  }

  #with(id: number, reader: ByteReader): TypeSet {
    const { types, fields, bytes } = this.#defined;
    if (id < FIRST_USER_ID || types.has(id)) throw malformed('duplicate type received');
    if (id > MAX_ID) throw malformed(`type id ${id} is too large`);
    if (types.size - BUILT_IN.size >= this.#limits.maxTypes) throw malformed('too many type definitions');
    const before = reader.remaining;
    const type = decodeWireType(reader, this.#limits.maxFields - fields);
    const allBytes = bytes + before - reader.remaining;
    if (allBytes > this.#limits.maxDefinitionBytes) throw malformed('type definitions too large');
    const allFields = fields + (type.kind === 'struct' ? type.fields.length : 0);
    return typeSet(new Map(types).set(id, type), allFields, allBytes);
  }

  #isWithinLimits({ types, fields, bytes }: TypeSet): boolean {
    const { maxTypes, maxFields, maxDefinitionBytes } = this.#limits;
    return types.size - BUILT_IN.size <= maxTypes && fields <= maxFields && bytes <= maxDefinitionBytes;
  }
}
