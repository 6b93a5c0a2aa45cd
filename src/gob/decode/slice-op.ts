import { malformed } from '../error.js';
import type { BranchPlan, Frame, Plan, Run, Step } from './op.js';
import { baseOf, type ArrayType, type SliceType } from '../schema/types.js';
import type { WireArray, WireSlice } from './wire-types.js';

export type SequenceTarget = SliceType | ArrayType | 'any' | 'skip';

/**
 * A slice or an array: a count, then the elements.
 *
 * ```
 * 03  01 61  00  01 62          ["a", "", "b"]
 * ```
 */
export function sequencePlan(wire: WireSlice | WireArray, target: SequenceTarget): BranchPlan {
  const elemTarget = typeof target === 'string' ? target : baseOf(target.elem);
  return {
    leaf: false,
    open: (run) => {
      const count = run.reader.count();
      if (wire.kind === 'array' && count !== wire.length) throw malformed('length mismatch in decodeArray');
      run.claim(count);
      return new SequenceFrame(run.plan(wire.elem, elemTarget), count, target);
    },
  };
}

class SequenceFrame implements Frame {
  readonly #elements: unknown[] = [];
  readonly #element: Plan;
  readonly #target: SequenceTarget;
  #left: number;

  constructor(element: Plan, count: number, target: SequenceTarget) {
    this.#element = element;
    this.#left = count;
    this.#target = target;
  }

  advance(run: Run): Step {
    const element = this.#element;
    if (element.leaf) {
      if (this.#left > run.reader.remaining) {
        throw malformed(`array or slice: length exceeds input size (${this.#left} elements)`);
      }
      for (; this.#left > 0; this.#left--) this.accept(element.read(run));
    }
    if (this.#left === 0) return 'complete';
    this.#left--;
    return element;
  }

  accept(value: unknown): void {
    if (this.#target !== 'skip') this.#elements.push(value);
  }

  result(): unknown {
    return this.#target === 'any' ? { kind: 'list', elements: this.#elements } : this.#elements;
  }
}
