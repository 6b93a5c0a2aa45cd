import { ByteWriter } from '../wire/byte-writer.js';
import { GobError } from '../error.js';
import { writeLeaf, wrongValue } from './scalars.js';
import type { TypeNumbers } from './type-ids.js';
import { baseOf, type BaseType, type GobType, type InterfaceType } from '../schema/types.js';
import {
  ContentFrame,
  isRecord,
  MapFrame,
  SequenceFrame,
  StructFrame,
  type Part,
  type WriteFrame,
} from './encoder-frames.js';
import { zeroOf } from '../schema/zero.js';

/** As deep as a reader goes by default. Also ends the writing of a value that contains itself. */
const MAX_DEPTH = 10_000;

/** Writes the definition of a type into `out`, ending a message behind each one; does nothing if it was sent. */
export type Define = (type: BaseType, out: ByteWriter, sink: ByteWriter) => void;

export class ValueWriter {
  readonly #numbers: TypeNumbers;
  readonly #define: Define;

  constructor(numbers: TypeNumbers, define: Define) {
    this.#numbers = numbers;
    this.#define = define;
  }

  /** A value that stands alone: type id, and 00 in front of what is no struct. `sink`: see WriteFrame. */
  write(type: GobType, value: unknown, out: ByteWriter, sink: ByteWriter): void {
    const base = baseOf(type);
    this.#define(base, out, sink);
    out.int(this.#numbers.idOf(base));
    if (base.kind !== 'struct') out.byte(0);
    const stack: WriteFrame[] = [];
    let frame = this.#open({ type: base, value }, out, sink);
    while (frame !== undefined) {
      const part = frame.next();
      if (part === undefined) {
        frame = stack.pop();
        continue;
      }
      const inner = this.#open(part, frame.out, frame.sink);
      if (inner === undefined) continue;
      if (stack.push(frame) >= MAX_DEPTH)
        throw new GobError('usage', `a value nested ${MAX_DEPTH} deep or more`);
      frame = inner;
    }
  }

  /** Writes a value that contains no others; begins one that does. */
  #open(part: Part, out: ByteWriter, sink: ByteWriter): WriteFrame | undefined {
    const type = baseOf(part.type);
    const value = part.value === undefined ? zeroOf(type) : part.value;
    switch (type.kind) {
      case 'struct':
        return new StructFrame(type, value, out, sink);
      case 'slice':
      case 'array':
        return new SequenceFrame(type, value, out, sink);
      case 'map':
        return new MapFrame(type, value, out, sink);
      case 'interface':
        return this.#openInterface(type, value, out, sink);
      default:
        writeLeaf(type, value, out);
        return undefined;
    }
  }

  #openInterface(
    type: InterfaceType,
    value: unknown,
    out: ByteWriter,
    sink: ByteWriter,
  ): WriteFrame | undefined {
    if (value === null) {
      out.byte(0);
      return undefined;
    }
    if (!isRecord(value) || typeof value['name'] !== 'string') throw wrongValue(type, value);
    const registered = type.registry.find(value['name']);
    if (registered === undefined) {
      throw new GobError('usage', `type not registered for interface: ${value['name']}`);
    }
    const content = baseOf(registered);
    out.text(value['name']);
    this.#define(content, out, sink);
    out.int(this.#numbers.idOf(content));
    return new ContentFrame(content, value['value'], new ByteWriter(64), out);
  }
}
