import { ByteWriter } from './byte-writer.js';
import { GobError } from './error.js';
import { isOmitted, writeLeaf, wrongValue } from './leaf-values.js';
import type { TypeNumbers } from './type-numbers.js';
import {
  baseOf,
  type ArrayType,
  type BaseType,
  type GobType,
  type InterfaceType,
  type MapType,
  type SliceType,
  type StructType,
} from './types.js';
import { zeroOf } from './zero.js';

/** Two calls for each level; far below what the smallest default stack can take. */
const MAX_DEPTH = 3_500;

/** Writes the definition of a type into `out`, ending a message behind each one; does nothing if it was sent. */
export type Define = (type: BaseType, out: ByteWriter, sink: ByteWriter) => void;

/**
 * Writes values. `out` is the message that is being written, `sink` is where it goes when an interface value
 * brings a new type and the message has to end early: the stream, or the message around an interface's content.
 */
export class ValueWriter {
  readonly #numbers: TypeNumbers;
  readonly #define: Define;

  constructor(numbers: TypeNumbers, define: Define) {
    this.#numbers = numbers;
    this.#define = define;
  }

  /** A value that stands alone: type id, and 00 in front of what is no struct. */
  writeAlone(type: GobType, value: unknown, out: ByteWriter, sink: ByteWriter): void {
    const base = baseOf(type);
    this.#define(base, out, sink);
    out.int(this.#numbers.idOf(base));
    this.#content(base, value, out, sink, 0);
  }

  #content(base: BaseType, value: unknown, out: ByteWriter, sink: ByteWriter, depth: number): void {
    if (base.kind !== 'struct') out.byte(0);
    this.#value(base, value, out, sink, depth);
  }

  #value(type: GobType, given: unknown, out: ByteWriter, sink: ByteWriter, depth: number): void {
    const base = baseOf(type);
    const value = given === undefined ? zeroOf(base) : given;
    if (depth > MAX_DEPTH) throw new GobError('usage', `a value nested more than ${MAX_DEPTH} deep`);
    switch (base.kind) {
      case 'struct':
        this.#struct(base, value, out, sink, depth);
        break;
      case 'interface':
        this.#interface(base, value, out, sink, depth);
        break;
      case 'slice':
      case 'array':
        this.#sequence(base, value, out, sink, depth);
        break;
      case 'map':
        this.#map(base, value, out, sink, depth);
        break;
      default:
        writeLeaf(base, value, out);
    }
  }

  #sequence(
    base: SliceType | ArrayType,
    value: unknown,
    out: ByteWriter,
    sink: ByteWriter,
    depth: number,
  ): void {
    if (!Array.isArray(value)) throw wrongValue(base, value);
    if (base.kind === 'array' && value.length !== base.length) throw wrongValue(base, value);
    out.uint(value.length);
    for (const element of value) this.#value(base.elem, element, out, sink, depth + 1);
  }

  #map(base: MapType, value: unknown, out: ByteWriter, sink: ByteWriter, depth: number): void {
    if (!(value instanceof Map)) throw wrongValue(base, value);
    out.uint(value.size);
    for (const [key, element] of value) {
      this.#value(base.key, key, out, sink, depth + 1);
      this.#value(base.elem, element, out, sink, depth + 1);
    }
  }

  #struct(base: StructType, value: unknown, out: ByteWriter, sink: ByteWriter, depth: number): void {
    if (!isRecord(value)) throw wrongValue(base, value);
    let last = -1;
    for (let number = 0; number < base.fields.length; number++) {
      const field = base.fields[number];
      if (field === undefined || isOmitted(field.type, value[field.name])) continue;
      out.uint(number - last);
      last = number;
      this.#value(field.type, value[field.name], out, sink, depth + 1);
    }
    out.byte(0);
  }

  #interface(base: InterfaceType, value: unknown, out: ByteWriter, sink: ByteWriter, depth: number): void {
    if (value === null) {
      out.byte(0);
      return;
    }
    if (!isRecord(value) || typeof value['name'] !== 'string') throw wrongValue(base, value);
    const type = base.registry.find(value['name']);
    if (type === undefined)
      throw new GobError('usage', `type not registered for interface: ${value['name']}`);
    const content = baseOf(type);
    out.text(value['name']);
    this.#define(content, out, sink);
    out.int(this.#numbers.idOf(content));
    // Its length goes in front, so it is written apart; definitions inside cut it into pieces, each with its length.
    const piece = new ByteWriter();
    this.#content(content, value['value'], piece, out, depth + 1);
    out.take(piece);
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
