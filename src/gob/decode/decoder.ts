import { GobError } from '../error.js';
import { DEFAULT_DECODER_LIMITS, type DecoderLimits } from './limits.js';
import { MessageReader } from '../wire/message-reader.js';
import type { DecodeTarget } from './op.js';
import type { GobType } from '../schema/types.js';
import { ValueDecoder } from './value-decoder.js';

/**
 * One gob stream, read. Give it bytes with `push` as they come, in chunks of any size, and ask for values.
 * A value that was asked for and is not all there gives undefined; ask for the same again after the next `push`.
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
