import { findMismatch } from './compatible-type.js';
import { compilePlan } from './op-for.js';
import { malformed } from '../error.js';
import type { Plan, Target } from './op.js';
import type { WireTypes } from './wire-types.js';

/**
 * Plans and comparisons of types, kept for the life of a stream: a type is never defined again. What failed
 * because a type was not defined yet is not kept.
 */
export class PlanCache {
  readonly #types: WireTypes;
  readonly #plans = new Map<Target, Map<number, Plan>>();
  readonly #mismatches = new Map<Target, Map<number, string | undefined>>();

  constructor(types: WireTypes) {
    this.#types = types;
  }

  /** @throws GobError if the kinds differ, which `mismatchOf` would have said, or the type is unknown */
  plan(wireId: number, target: Target): Plan {
    const plans = partOf(this.#plans, target);
    const known = plans.get(wireId);
    if (known !== undefined) return known;
    const plan = compilePlan(this.#types.get(wireId), target);
    if (plan === undefined) throw malformed(`type ${this.#types.nameOf(wireId)} where another was agreed`);
    plans.set(wireId, plan);
    return plan;
  }

  /** Why values of this type cannot become the target, in Go's words; undefined if they can. */
  mismatchOf(wireId: number, target: Target): string | undefined {
    if (typeof target === 'string') return undefined;
    const mismatches = partOf(this.#mismatches, target);
    if (!mismatches.has(wireId)) mismatches.set(wireId, findMismatch(this.#types, wireId, target));
    return mismatches.get(wireId);
  }
}

function partOf<V>(all: Map<Target, Map<number, V>>, target: Target): Map<number, V> {
  let part = all.get(target);
  if (part === undefined) all.set(target, (part = new Map<number, V>()));
  return part;
}
