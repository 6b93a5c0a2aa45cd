import { malformed } from '../error.js';
import { BUILTIN_IDS, FIRST_USER_ID } from '../wire/builtin-ids.js';
import type { ByteReader } from '../wire/byte-reader.js';
import type { DecoderLimits } from './limits.js';
import { decodeWireType, type WireType } from './wire-type.js';

const MAX_ID = 0x7fff_ffff;

const BUILT_IN: ReadonlyMap<number, WireType> = new Map(
  (['bool', 'int', 'uint', 'float', 'bytes', 'string', 'complex', 'interface'] as const).map((kind) => [
    BUILTIN_IDS[kind],
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

  /** The type's name for messages. */
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
    const type = decodeWireType(reader, this.#limits.maxFields - this.#fields);
    this.#bytes += before - reader.remaining;
    if (this.#bytes > this.#limits.maxDefinitionBytes) throw malformed('type definitions too large');
    if (type.kind === 'struct') this.#fields += type.fields.length;
    this.#types.set(id, type);
  }
}
