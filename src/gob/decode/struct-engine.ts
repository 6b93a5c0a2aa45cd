import { malformed } from '../error.js';
import type { StructType } from '../schema/types.js';
import { zeroOf } from '../schema/zero.js';
import type { DecodeOp, DecoderFrame, DecoderState, DecodeTarget, FrameOp, KnownOps, Step } from './op.js';
import type { WireField, WireStruct } from './wire-type.js';

/**
 * A struct: pairs of field number and value, the number as its distance from the one before (at first from
 * -1); distance 0 ends the struct. Fields with zero values are left out.
 *
 * ```
 * 01 01 6e                      field 0: "n"
 * 03 fe e0 3f                   field 3: 0.5
 * 00
 * ```
 *
 * Fields of sender and receiver meet by name. What the receiver does not know is read past, whatever kind it is of;
 * what the sender did not send has its zero value.
 */
export function structOp(wire: WireStruct, target: StructType | 'ignore', ops: KnownOps): FrameOp {
  const engine = new StructEngine(wire, target, ops);
  return { isScalar: false, open: () => new StructFrame(engine) };
}

/** The ops of a struct's fields, by their numbers at the sender; each is made when its field first comes. */
class StructEngine {
  readonly target: StructType | 'ignore';
  readonly #wire: WireStruct;
  readonly #targets: ReadonlyMap<string, DecodeTarget>;
  readonly #known: KnownOps;
  readonly #ops: DecodeOp[] = [];

  constructor(wire: WireStruct, target: StructType | 'ignore', known: KnownOps) {
    this.#wire = wire;
    this.#known = known;
    this.target = target;
    this.#targets = new Map(target === 'ignore' ? [] : target.fields.map(({ name, type }) => [name, type]));
  }

  opFor(number: number, state: DecoderState): DecodeOp {
    const ready = this.#ops[number];
    if (ready !== undefined) return ready;
    const { id, name } = this.field(number);
    const target = this.#targets.get(name) ?? 'ignore';
    // A type that the stream has defined inside this very value may be another one on the next stream.
    if (!this.#known.has(id)) return state.opFor(id, target);
    return (this.#ops[number] = this.#known.opFor(id, target));
  }

  field(number: number): WireField {
    const field = this.#wire.fields[number];
    if (field === undefined) throw malformed('bad data: field numbers out of bounds');
    return field;
  }

  isWanted(field: WireField): boolean {
    return this.#targets.has(field.name);
  }
}

class StructFrame implements DecoderFrame {
  readonly #engine: StructEngine;
  readonly #fields = new Map<string, unknown>();
  #number = -1;

  constructor(engine: StructEngine) {
    this.#engine = engine;
  }

  advance(state: DecoderState): Step {
    for (;;) {
      const delta = state.reader.count();
      if (delta === 0) return 'complete';
      this.#number += delta;
      const op = this.#engine.opFor(this.#number, state);
      if (!op.isScalar) return op;
      this.accept(op.decode(state));
    }
  }

  accept(value: unknown): void {
    const field = this.#engine.field(this.#number);
    if (this.#engine.isWanted(field)) this.#fields.set(field.name, value);
  }

  result(): unknown {
    const { target } = this.#engine;
    if (target === 'ignore') return undefined;
    const value: Record<string, unknown> = {};
    for (const { name, type } of target.fields) {
      value[name] = this.#fields.has(name) ? this.#fields.get(name) : zeroOf(type);
    }
    return value;
  }
}
