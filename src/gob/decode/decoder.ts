import { GobError } from '../error.js';
import { DEFAULT_DECODER_LIMITS, type DecoderLimits } from './limits.js';
import { MessageReader } from '../wire/message-reader.js';
import type { DecodeTarget } from './op.js';
import type { GobType } from '../schema/types.js';
import { ValueDecoder } from './value-decoder.js';

/**
 * One gob stream, read. Give it bytes with `push` as they come, in chunks of any size, and ask for values.
 * A value that was asked for and is not all there gives undefined; ask for the same again after the next `push`.
 *
 * A stream is a row of messages, each an unsigned length and so many bytes. A message with a negative type id defines
 * a type; one with a positive id holds a value of that type. This is how docker-machine calls GetState: a Request and,
 * as there is no argument, an empty struct. The definitions come once, in front of the first value of their type.
 *
 * ```
 * 2f                                    47 bytes follow
 *   ff81                                type id -65: type 65 is defined
 *   03                                  field 2 of wireType, StructT
 *     01                                field 0, CommonType
 *       01 07 52657175657374            field 0, Name: "Request"
 *       01 ff82                         field 1, Id: 65
 *       00                              end of CommonType
 *     01 02                             field 1, Field: 2 elements
 *       01 0d 536572766963654d6574686f64    field 0, Name: "ServiceMethod"
 *       01 0c                           field 1, Id: 6 (string)
 *       00                              end of the first element
 *       01 03 536571                    field 0, Name: "Seq"
 *       01 06                           field 1, Id: 3 (uint)
 *       00                              end of the second
 *     00                                end of StructT
 *   00                                  end of wireType
 * 1f                                    31 bytes follow
 *   ff82                                type id 65: a Request
 *   01 18 5250435365727665724472697665722e4765745374617465    field 0: "RPCServerDriver.GetState"
 *   01 03                               field 1, Seq: 3
 *   00                                  end of the Request
 * 0a                                    10 bytes follow
 *   ff83                                type id -66: type 66 is defined
 *   03                                  field 2 of wireType, StructT
 *     01                                field 0, CommonType
 *       02 ff84                         field 1, Id: 66 (field 0, Name, is empty and left out)
 *       00                              end of CommonType
 *     00                                end of StructT, which has no fields
 *   00                                  end of wireType
 * 03                                    3 bytes follow
 *   ff84                                type id 66: a struct {}
 *   00                                  end of the struct
 * ```
 *
 * test/gob/drawings.test.ts reads this drawing and compares it with a recorded call.
 */
export class GobDecoder {
  readonly #messages: MessageReader;
  readonly #values: ValueDecoder;
  #failure: GobError | undefined;
  #pendingTarget: DecodeTarget | undefined;

  constructor(limits: Partial<DecoderLimits> = {}) {
    const all = { ...DEFAULT_DECODER_LIMITS, ...limits };
    this.#messages = new MessageReader(all.maxMessageBytes);
    this.#values = new ValueDecoder(this.#messages, all);
  }

  /** Bytes that have arrived and were not read. */
  get buffered(): number {
    return this.#messages.buffered;
  }

  /** Bytes that were read, of all values so far. */
  get read(): number {
    return this.#messages.read;
  }

  /** Bytes of memory that are kept for what has arrived. */
  get held(): number {
    return this.#messages.held;
  }

  /** Forgets what has arrived and was not read: the stream is not read any further. */
  clear(): void {
    this.#messages.clear();
  }

  /** The chunk is kept for a while, not copied: do not change it afterwards. */
  push(chunk: Uint8Array): void {
    this.#messages.push(chunk);
  }

  /**
   * The next value as `type`; undefined if it has not arrived whole.
   *
   * @throws GobError; see its `recoverable` for whether the stream can go on
   */
  decode<T>(type: GobType<T>): { readonly value: T } | undefined {
    const done = this.#next(type);
    // The one place where the compiler has to take our word. A type's `T` is given by the builder that made the type
    // (`gob.string` is a GobType<string>), and the op for each kind of type gives values of just that TypeScript type,
    // out of bytes that were checked on the way. Between the two lies a stack of frames of any types, through which a
    // type parameter cannot be followed. test/gob/typed.test.ts holds builders and ops together.
    return done && { value: done.value as T };
  }

  /** Reads past the next value; false if it has not arrived whole. */
  skip(): boolean {
    return this.#next('ignore') !== undefined;
  }

  /** Says that no bytes will come any more. @throws GobError if the stream stops in the middle of something */
  end(): void {
    if (this.#failure === undefined && (this.buffered > 0 || !this.#values.isBetweenValues)) {
      throw (this.#failure = new GobError('framing', 'unexpected EOF'));
    }
  }

  #next(target: DecodeTarget): { readonly value: unknown } | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#pendingTarget !== undefined && this.#pendingTarget !== target) {
      throw new GobError('usage', 'another value was asked for before the last one was complete');
    }
    try {
      const done = this.#values.next(target);
      this.#pendingTarget = done === undefined && !this.#values.isBetweenValues ? target : undefined;
      return done;
    } catch (error) {
      this.#pendingTarget = undefined;
      if (error instanceof GobError && error.fault === 'framing') this.#failure = error;
      throw error;
    }
  }
}
