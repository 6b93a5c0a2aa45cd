import { malformed } from '../error.js';
import type { BranchPlan, Frame, Plan, Run, Step } from './op.js';
import { baseOf, type StructType } from '../schema/types.js';
import type { WireField, WireStruct } from './wire-types.js';
import { zeroOf } from '../schema/zero.js';

export type StructTarget = StructType | 'any' | 'skip';

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
 * Fields of sender and receiver meet by name. What the receiver does not know is read past; what the sender
 * did not send has its zero value.
 */
export function structPlan(wire: WireStruct, target: StructTarget): BranchPlan {
  const wanted = new Map(
    typeof target === 'string' ? [] : target.fields.map((field) => [field.name, baseOf(field.type)]),
  );
  const targetOf = (field: WireField): Parameters<Run['plan']>[1] =>
    typeof target === 'string' ? target : (wanted.get(field.name) ?? 'skip');
  const plans: Plan[] = [];
  const layout: Layout = {
    wire,
    target,
    planOf: (number, field, run) => (plans[number] ??= run.plan(field.id, targetOf(field))),
    isWanted: (field) => target === 'any' || wanted.has(field.name),
  };
  return { leaf: false, open: () => new StructFrame(layout) };
}

interface Layout {
  readonly wire: WireStruct;
  readonly target: StructTarget;
  planOf(number: number, field: WireField, run: Run): Plan;
  isWanted(field: WireField): boolean;
}

class StructFrame implements Frame {
  readonly #layout: Layout;
  readonly #fields = new Map<string, unknown>();
  #number = -1;

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  advance(run: Run): Step {
    for (;;) {
      const delta = run.reader.count();
      if (delta === 0) return 'complete';
      this.#number += delta;
      const plan = this.#layout.planOf(this.#number, this.#field(), run);
      if (!plan.leaf) return plan;
      this.accept(plan.read(run));
    }
  }

  accept(value: unknown): void {
    const field = this.#field();
    if (this.#layout.isWanted(field)) this.#fields.set(field.name, value);
  }

  result(): unknown {
    const { target, wire } = this.#layout;
    if (target === 'skip') return undefined;
    if (target === 'any') return { kind: 'struct', name: wire.name, fields: this.#fields };
    const value: Record<string, unknown> = {};
    for (const { name, type } of target.fields) {
      value[name] = this.#fields.has(name) ? this.#fields.get(name) : zeroOf(type);
    }
    return value;
  }

  #field(): WireField {
    const field = this.#layout.wire.fields[this.#number];
    if (field === undefined) throw malformed('bad data: field numbers out of bounds');
    return field;
  }
}
