import type { GobType } from '../schema/types.js';
import { ByteWriter } from '../wire/byte-writer.js';
import { Definitions, type OpenMessage } from './definitions.js';
import { ValueEncoder } from './value-encoder.js';

export interface EncoderOptions {
  /** The id of the first type that is not built in: 65 like go1.19 (the default), or 64 like go1.23. */
  readonly firstTypeId?: number | undefined;
}

export interface TypedValue<T = unknown> {
  readonly type: GobType<T>;
  readonly value: NoInfer<T>;
}

/**
 * One gob stream, written: a row of messages, as GobDecoder reads it. A message holds one definition, or a value, or a
 * part of a value that ends with a definition. Each type is defined once, before its first value. This is how the
 * plugin answers a call of GetState: a Response, which would tell an error, and the state.
 *
 * ```
 * 3a                                    58 bytes follow
 *   ff81                                type id -65: type 65 is defined
 *   03                                  field 2 of wireType, StructT
 *     01                                field 0, CommonType
 *       01 08 526573706f6e7365          field 0, Name: "Response"
 *       01 ff82                         field 1, Id: 65
 *       00                              end of CommonType
 *     01 03                             field 1, Field: 3 elements
 *       01 0d 536572766963654d6574686f64    field 0, Name: "ServiceMethod"
 *       01 0c                           field 1, Id: 6 (string)
 *       00                              end of the first element
 *       01 03 536571                    field 0, Name: "Seq"
 *       01 06                           field 1, Id: 3 (uint)
 *       00                              end of the second
 *       01 05 4572726f72                field 0, Name: "Error"
 *       01 0c                           field 1, Id: 6 (string)
 *       00                              end of the third
 *     00                                end of StructT
 *   00                                  end of wireType
 * 1f                                    31 bytes follow
 *   ff82                                type id 65: a Response
 *   01 18 5250435365727665724472697665722e4765745374617465    field 0: "RPCServerDriver.GetState"
 *   01 03                               field 1, Seq: 3
 *   00                                  end of the Response: Error is empty and left out
 * 03                                    3 bytes follow
 *   04                                  type id 2: an int
 *   00                                  stands in front of every value that is no struct
 *   02                                  int 1: the machine runs
 * ```
 *
 * test/gob/drawings.test.ts reads this drawing and compares it with a recorded reply.
 */
export class GobEncoder {
  readonly #write: (bytes: Uint8Array) => void;
  readonly #definitions: Definitions;
  readonly #values: ValueEncoder;
  readonly #stream = new ByteWriter(1024);
  readonly #message: OpenMessage = { out: new ByteWriter(1024), sink: this.#stream };

  constructor(write: (bytes: Uint8Array) => void, options: EncoderOptions = {}) {
    this.#write = write;
    this.#definitions = new Definitions(options.firstTypeId ?? 65);
    this.#values = new ValueEncoder(this.#definitions);
  }

  /** @throws GobError `usage` if the value is not of the type, e.g. too large for it; nothing is written then */
  encode<T>(type: GobType<T>, value: NoInfer<T>): void {
    this.encodeAll([{ type, value }]);
  }

  /** Several values in one write: all of them, or none if one cannot be encoded. */
  encodeAll<T extends readonly unknown[]>(values: { readonly [I in keyof T]: TypedValue<T[I]> }): void {
    this.#stream.clear();
    this.#message.out.clear();
    const rollBack = this.#definitions.mark();
    try {
      for (const { type, value } of values) {
        this.#values.encode(type, value, this.#message);
        this.#stream.take(this.#message.out);
      }
    } catch (error) {
      rollBack();
      throw error;
    }
    this.#write(this.#stream.toBytes());
  }
}
