import { ByteReader } from '../wire/byte-reader.js';
import { GobError, malformed } from '../error.js';
import type { DecoderLimits } from './limits.js';
import type { MessageReader } from '../wire/message-reader.js';
import type { DecodeOp, DecoderFrame, DecoderState, DecodeTarget } from './op.js';
import { WireTypes } from './wire-types.js';

/**
 * Reads values from messages. A value may begin in one message and end in another, and may have to wait for the
 * other in between: what is half-read stays on `#stack`.
 */
export class ValueDecoder implements DecoderState {
  readonly reader = new ByteReader();
  readonly types: WireTypes;
  readonly #messages: MessageReader;
  readonly #limits: DecoderLimits;
  #stack: DecoderFrame[] = [];
  #between = true;
  #bytes = 0;
  #elements = 0;
  #mismatch: string | undefined;

  constructor(messages: MessageReader, limits: DecoderLimits) {
    this.#messages = messages;
    this.#limits = limits;
    this.types = new WireTypes(limits);
  }

  /** Nothing of a value has been read, not even a definition that has to be followed by one. */
  get isBetweenValues(): boolean {
    return this.#between;
  }

  /** The next value; undefined if more messages are needed. Call again with the same target then. */
  next(target: DecodeTarget): { readonly value: unknown } | undefined {
    try {
      const done = this.#stack.length > 0 ? this.#continue() : this.#begin(target);
      if (done === undefined) return undefined;
      const mismatch = this.#mismatch;
      this.#reset();
      if (mismatch !== undefined) throw new GobError('mismatch', mismatch);
      return done;
    } catch (error) {
      this.#reset();
      throw error;
    }
  }

  opFor(wireId: number, target: DecodeTarget): DecodeOp {
    return this.types.ops.opFor(wireId, target);
  }

  checkedOpFor(wireId: number, target: DecodeTarget): DecodeOp {
    const mismatch = this.types.ops.mismatchOf(wireId, target);
    if (mismatch === undefined) return this.types.ops.opFor(wireId, target);
    this.mismatch(mismatch);
    return this.types.ops.opFor(wireId, 'ignore');
  }

  interfaceTypeId(): number | undefined {
    return this.#typeId(true);
  }

  singleton(wireId: number): void {
    if (this.types.get(wireId).kind === 'struct') return;
    if (this.reader.uint() !== 0) throw malformed('decode: corrupted data: non-zero delta for singleton');
  }

  claim(elements: number): void {
    this.#elements += elements;
    if (this.#elements > this.#limits.maxElements)
      throw malformed(`more than ${this.#limits.maxElements} elements`);
  }

  mismatch(message: string): void {
    this.#mismatch ??= message;
  }

  #begin(target: DecodeTarget): { readonly value: unknown } | undefined {
    const typeId = this.#typeId(false);
    if (typeId === undefined) return undefined;
    this.singleton(typeId);
    const op = this.checkedOpFor(typeId, target);
    if (op.isScalar) return { value: op.decode(this) };
    this.#stack.push(op.open(this));
    return this.#continue();
  }

  #continue(): { readonly value: unknown } | undefined {
    for (let frame = this.#stack.at(-1); frame !== undefined; frame = this.#stack.at(-1)) {
      const step = frame.advance(this);
      if (step === 'suspended') return undefined;
      if (step === 'complete') {
        this.#stack.pop();
        const parent = this.#stack.at(-1);
        if (parent === undefined) return { value: frame.result() };
        parent.accept(frame.result());
      } else if (step.isScalar) {
        frame.accept(step.decode(this));
      } else {
        if (this.#stack.length >= this.#limits.maxDepth) throw malformed('invalid nesting depth');
        this.#stack.push(step.open(this));
      }
    }
    return undefined;
  }

  /**
   * Reads definitions until the type id of a value comes; each negative id is that of a definition. Inside an
   * interface value what follows a definition in the same message has its length in front.
   */
  #typeId(insideInterface: boolean): number | undefined {
    for (;;) {
      if (this.reader.remaining === 0 && !this.#nextMessage()) return undefined;
      const id = this.reader.int();
      if (typeof id === 'bigint') throw malformed(`type id ${id} is too large`);
      if (id >= 0) return id;
      this.types.define(-id, this.reader, !insideInterface);
      if (this.reader.remaining === 0) continue;
      if (!insideInterface) throw malformed('extra data in buffer');
      this.reader.uint();
    }
  }

  #nextMessage(): boolean {
    const message = this.#messages.next();
    if (message === undefined) return false;
    this.#between = false;
    this.#bytes += message.length;
    if (this.#bytes > this.#limits.maxValueBytes)
      throw malformed(`a value of more than ${this.#limits.maxValueBytes} bytes`);
    this.reader.load(message);
    return true;
  }

  /** Also drops what follows a value in its message, as Go does. */
  #reset(): void {
    this.#stack = [];
    this.#between = true;
    this.#bytes = 0;
    this.#elements = 0;
    this.#mismatch = undefined;
    this.reader.drop();
  }
}
