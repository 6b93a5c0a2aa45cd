import type { ByteWriter } from '../wire/byte-writer.js';
import { isOmitted, wrongValue } from './scalars.js';
import type { ArrayType, BaseType, GobType, MapType, SliceType, StructType } from '../schema/types.js';

/** A value that is to be written. */
export interface Part {
  readonly type: GobType;
  readonly value: unknown;
}

/** A value with others inside that is being written. The counterpart of Frame, for the same reason: no call stack. */
export interface WriteFrame {
  /** The message that is being written. */
  readonly out: ByteWriter;
  /** Where the message goes when it has to end early: the stream, or the message around an interface's content. */
  readonly sink: ByteWriter;
  /** Writes up to the next value inside and returns it; undefined when all is written. */
  next(): Part | undefined;
}

/** The bytes of all kinds are drawn at the plans that read them. */
export abstract class PartsFrame implements WriteFrame {
  constructor(
    readonly out: ByteWriter,
    readonly sink: ByteWriter,
  ) {}

  abstract next(): Part | undefined;
}

export class StructFrame extends PartsFrame {
  readonly #type: StructType;
  readonly #value: Readonly<Record<string, unknown>>;
  #number = 0;
  #last = -1;

  constructor(type: StructType, value: unknown, out: ByteWriter, sink: ByteWriter) {
    super(out, sink);
    if (!isRecord(value)) throw wrongValue(type, value);
    this.#type = type;
    this.#value = value;
  }

  next(): Part | undefined {
    for (;;) {
      const number = this.#number++;
      const field = this.#type.fields[number];
      if (field === undefined) {
        this.out.byte(0);
        return undefined;
      }
      const value = this.#value[field.name];
      if (isOmitted(field.type, value)) continue;
      this.out.uint(number - this.#last);
      this.#last = number;
      return { type: field.type, value };
    }
  }
}

export class SequenceFrame extends PartsFrame {
  readonly #elem: GobType;
  readonly #elements: readonly unknown[];
  #at = 0;

  constructor(type: SliceType | ArrayType, value: unknown, out: ByteWriter, sink: ByteWriter) {
    super(out, sink);
    if (!Array.isArray(value)) throw wrongValue(type, value);
    if (type.kind === 'array' && value.length !== type.length) throw wrongValue(type, value);
    this.#elem = type.elem;
    this.#elements = value;
    out.uint(value.length);
  }

  next(): Part | undefined {
    if (this.#at >= this.#elements.length) return undefined;
    return { type: this.#elem, value: this.#elements[this.#at++] };
  }
}

export class MapFrame extends PartsFrame {
  readonly #type: MapType;
  readonly #entries: Iterator<readonly [unknown, unknown]>;
  #pending: Part | undefined;

  constructor(type: MapType, value: unknown, out: ByteWriter, sink: ByteWriter) {
    super(out, sink);
    if (!isMap(value)) throw wrongValue(type, value);
    this.#type = type;
    this.#entries = value.entries();
    out.uint(value.size);
  }

  next(): Part | undefined {
    const elem = this.#pending;
    this.#pending = undefined;
    if (elem !== undefined) return elem;
    const entry = this.#entries.next();
    if (entry.done === true) return undefined;
    const [key, value] = entry.value;
    this.#pending = { type: this.#type.elem, value };
    return { type: this.#type.key, value: key };
  }
}

/**
 * The content of an interface value. Its length goes in front of it, so it is written apart; definitions inside
 * end the piece that was written so far, and each piece has its own length.
 */
export class ContentFrame extends PartsFrame {
  #content: Part | undefined;

  constructor(type: BaseType, value: unknown, piece: ByteWriter, around: ByteWriter) {
    super(piece, around);
    this.#content = { type, value };
    if (type.kind !== 'struct') piece.byte(0);
  }

  next(): Part | undefined {
    const content = this.#content;
    this.#content = undefined;
    if (content === undefined) this.sink.take(this.out);
    return content;
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isMap(value: unknown): value is ReadonlyMap<unknown, unknown> {
  return value instanceof Map;
}
