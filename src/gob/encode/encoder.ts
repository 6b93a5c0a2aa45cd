import { ByteWriter } from '../wire/byte-writer.js';
import { isBuiltIn, TypeNumbers } from './type-ids.js';
import type { BaseType, GobType } from '../schema/types.js';
import { baseOf } from '../schema/types.js';
import { ValueWriter } from './value-encoder.js';
import { writeDefinition } from './wire-type.js';

export interface EncoderOptions {
  /** The id of the first type that is not built in: 65 like go1.19 (the default), or 64 like go1.23. */
  readonly firstTypeId?: number | undefined;
}

export interface TypedValue {
  readonly type: GobType;
  readonly value: unknown;
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
  readonly #numbers: TypeNumbers;
  readonly #values: ValueWriter;
  readonly #sent = new Set<BaseType>();
  readonly #stream = new ByteWriter(1024);
  readonly #message = new ByteWriter(1024);
  #journal: BaseType[] = [];

  constructor(write: (bytes: Uint8Array) => void, options: EncoderOptions = {}) {
    this.#write = write;
    this.#numbers = new TypeNumbers(options.firstTypeId ?? 65);
    this.#values = new ValueWriter(this.#numbers, (type, out, sink) => this.#define(type, out, sink));
  }

  /** @throws GobError `usage` if the value is not of the type; nothing is written then */
  encode(type: GobType, value: unknown): void {
    this.encodeAll([{ type, value }]);
  }

  /** Several values in one write: all of them, or none if one cannot be encoded. */
  encodeAll(values: readonly TypedValue[]): void {
    const rollBack = this.#begin();
    try {
      for (const { type, value } of values) {
        this.#values.write(type, value, this.#message, this.#stream);
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
    const rollBackNumbers = this.#numbers.mark();
    return () => {
      rollBackNumbers();
      for (const type of this.#journal) this.#sent.delete(type);
    };
  }

  /** The definition of a type, then those of its parts, each ending a message. */
  #define(type: BaseType, out: ByteWriter, sink: ByteWriter): void {
    if (isBuiltIn(type) || this.#sent.has(type)) return;
    this.#sent.add(type);
    this.#journal.push(type);
    out.int(-this.#numbers.idOf(type));
    writeDefinition(out, type, this.#numbers);
    sink.take(out);
    for (const part of partsOf(type)) this.#define(baseOf(part), out, sink);
  }
}

function partsOf(type: BaseType): readonly GobType[] {
  switch (type.kind) {
    case 'struct':
      return type.fields.map((field) => field.type);
    case 'slice':
    case 'array':
      return [type.elem];
    case 'map':
      return [type.key, type.elem];
    default:
      return [];
  }
}
