import { GobError } from '../error.js';
import { contentType } from '../schema/builders.js';
import type { GobType, InterfaceType, MapType, SliceType, StructType } from '../schema/types.js';
import { ByteWriter } from '../wire/byte-writer.js';
import type { Definitions, OpenMessage } from './definitions.js';
import { encodeScalar, isOmitted, wrongValue } from './scalars.js';

/** Far deeper than any value of ours. Ends the writing of a value that contains itself. */
const MAX_DEPTH = 1_000;

/** Writes values; the bytes of each kind are drawn at the decode ops that read them. */
export class ValueEncoder {
  readonly #definitions: Definitions;

  constructor(definitions: Definitions) {
    this.#definitions = definitions;
  }

  /** A value that stands alone: type id, and 00 in front of what is no struct. */
  encode(type: GobType, value: unknown, message: OpenMessage): void {
    message.out.int(this.#definitions.announce(type, message));
    this.#singleton(type, value, message, 1);
  }

  #singleton(type: GobType, value: unknown, message: OpenMessage, depth: number): void {
    if (type.kind !== 'struct') message.out.byte(0);
    this.#value(type, value, message, depth);
  }

  #value(type: GobType, value: unknown, message: OpenMessage, depth: number): void {
    if (depth > MAX_DEPTH) throw new GobError('usage', `a value nested ${MAX_DEPTH} deep or more`);
    if (type.kind === 'struct') this.#struct(type, value, message, depth);
    else if (type.kind === 'slice') this.#slice(type, value, message, depth);
    else if (type.kind === 'map') this.#map(type, value, message, depth);
    else if (type.kind === 'interface') this.#interface(type, value, message, depth);
    else encodeScalar(type, value, message.out);
  }

  #struct(type: StructType, value: unknown, message: OpenMessage, depth: number): void {
    if (!isRecord(value)) throw wrongValue(type, value);
    let last = -1;
    let number = -1;
    for (const field of type.fields) {
      const own = value[field.name];
      number++;
      if (isOmitted(field.type, own)) continue;
      message.out.uint(number - last);
      last = number;
      this.#value(field.type, own, message, depth + 1);
    }
    message.out.byte(0);
  }

  #slice(type: SliceType, value: unknown, message: OpenMessage, depth: number): void {
    if (!Array.isArray(value)) throw wrongValue(type, value);
    message.out.uint(value.length);
    for (const element of value) this.#value(type.elem, element, message, depth + 1);
  }

  #map(type: MapType, value: unknown, message: OpenMessage, depth: number): void {
    if (!isMap(value)) throw wrongValue(type, value);
    message.out.uint(value.size);
    for (const [key, elem] of value) {
      this.#value(type.key, key, message, depth + 1);
      this.#value(type.elem, elem, message, depth + 1);
    }
  }

  /**
   * The content's length goes in front of it, so it is written apart; definitions inside end the piece that was
   * written so far, and each piece has its own length.
   */
  #interface(type: InterfaceType, value: unknown, { out, sink }: OpenMessage, depth: number): void {
    if (value === null) {
      out.byte(0);
      return;
    }
    if (!isRecord(value) || typeof value['name'] !== 'string') throw wrongValue(type, value);
    const { name, value: content } = value;
    const registered = contentType(type, name);
    if (registered === undefined) {
      throw new GobError('usage', `type not registered for interface: ${name}`);
    }
    out.text(name);
    out.int(this.#definitions.announce(registered, { out, sink }));
    const piece = new ByteWriter(64);
    this.#singleton(registered, content, { out: piece, sink: out }, depth + 1);
    out.take(piece);
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isMap(value: unknown): value is ReadonlyMap<unknown, unknown> {
  return value instanceof Map;
}
