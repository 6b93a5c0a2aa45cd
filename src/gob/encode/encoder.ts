import type { GobType } from '../schema/types.js';
import { ByteWriter } from '../wire/byte-writer.js';
import { isDefined, TypeIds, type DefinedType } from './type-ids.js';
import { ValueEncoder, type OpenMessage } from './value-encoder.js';
import { encodeWireType } from './wire-type.js';

export interface EncoderOptions {
  /** The id of the first type that is not built in: 65 like go1.19 (the default), or 64 like go1.23. */
  readonly firstTypeId?: number | undefined;
}

export interface TypedValue<T = unknown> {
  readonly type: GobType<T>;
  readonly value: NoInfer<T>;
}

/**
 * One gob stream, written. A message is an unsigned length and so many bytes; it holds one definition, or a
 * value, or a part of a value that ends with a definition:
 *
 * ```
 * 1f  ff81 03 01 01 05 506f696e74 …    -65: definition of type 65
 * 07  ff82 01 2c 01 42 00              65: a value of that type
 * ```
 *
 * Each type is defined once, before its first value.
 */
export class GobEncoder {
  readonly #write: (bytes: Uint8Array) => void;
  readonly #ids: TypeIds;
  readonly #values: ValueEncoder;
  readonly #sent = new Set<GobType>();
  readonly #stream = new ByteWriter(1024);
  readonly #message = new ByteWriter(1024);
  #journal: GobType[] = [];

  constructor(write: (bytes: Uint8Array) => void, options: EncoderOptions = {}) {
    this.#write = write;
    this.#ids = new TypeIds(options.firstTypeId ?? 65);
    this.#values = new ValueEncoder(this.#ids, (type, message) => this.#define(type, message));
  }

  /** @throws GobError `usage` if the value is not of the type, e.g. too large for it; nothing is written then */
  encode<T>(type: GobType<T>, value: NoInfer<T>): void {
    this.encodeAll([{ type, value }]);
  }

  /** Several values in one write: all of them, or none if one cannot be encoded. */
  encodeAll<T extends readonly unknown[]>(values: { readonly [I in keyof T]: TypedValue<T[I]> }): void {
    const rollBack = this.#begin();
    try {
      for (const { type, value } of values) {
        this.#values.encode(type, value, { out: this.#message, sink: this.#stream });
        this.#stream.take(this.#message);
      }
    } catch (error) {
      rollBack();
      throw error;
    }
    this.#write(this.#stream.toBytes());
  }

  #begin(): () => void {
    this.#stream.clear();
    this.#message.clear();
    this.#journal = [];
    const rollBackIds = this.#ids.mark();
    return () => {
      rollBackIds();
      for (const type of this.#journal) this.#sent.delete(type);
    };
  }

  /** The definition of a type, then those of its parts, each ending a message. */
  #define(type: GobType, message: OpenMessage): void {
    if (!isDefined(type) || this.#sent.has(type)) return;
    this.#sent.add(type);
    this.#journal.push(type);
    message.out.int(-this.#ids.idOf(type));
    encodeWireType(message.out, type, this.#ids);
    message.sink.take(message.out);
    for (const part of partsOf(type)) this.#define(part, message);
  }
}

function partsOf(type: DefinedType): readonly GobType[] {
  switch (type.kind) {
    case 'struct':
      return type.fields.map((field) => field.type);
    case 'slice':
      return [type.elem];
    case 'map':
      return [type.key, type.elem];
  }
}
