import type { BranchPlan, Frame, Plan, Run, Step } from './op.js';
import { baseOf, type MapType } from '../schema/types.js';
import type { WireMap } from './wire-types.js';

export type MapTarget = MapType | 'any' | 'skip';

/**
 * A map: a count, then key, value, key, value … in any order. Of entries with the same key the last one counts.
 *
 * ```
 * 02  01 61  02   01 62  04     {"a": 1, "b": 2}
 * ```
 */
export function mapPlan(wire: WireMap, target: MapTarget): BranchPlan {
  const keyTarget = typeof target === 'string' ? target : baseOf(target.key);
  const elemTarget = typeof target === 'string' ? target : baseOf(target.elem);
  return {
    leaf: false,
    open: (run) => {
      const count = run.reader.count();
      run.claim(2 * count);
      return new MapFrame(run.plan(wire.key, keyTarget), run.plan(wire.elem, elemTarget), count, target);
    },
  };
}

class MapFrame implements Frame {
  readonly #key: Plan;
  readonly #elem: Plan;
  readonly #target: MapTarget;
  readonly #map = new Map<unknown, unknown>();
  readonly #entries: [unknown, unknown][] = [];
  #left: number;
  #pendingKey: unknown;
  #hasKey = false;

  constructor(key: Plan, elem: Plan, count: number, target: MapTarget) {
    this.#key = key;
    this.#elem = elem;
    this.#left = count;
    this.#target = target;
  }

  advance(run: Run): Step {
    while (this.#left > 0) {
      const next = this.#hasKey ? this.#elem : this.#key;
      if (!next.leaf) return next;
      this.accept(next.read(run));
    }
    return 'complete';
  }

  accept(value: unknown): void {
    if (!this.#hasKey) {
      this.#pendingKey = value;
      this.#hasKey = true;
      return;
    }
    this.#hasKey = false;
    this.#left--;
    if (this.#target === 'any') this.#entries.push([this.#pendingKey, value]);
    else if (this.#target !== 'skip') this.#map.set(this.#pendingKey, value);
  }

  result(): unknown {
    return this.#target === 'any' ? { kind: 'map', entries: this.#entries } : this.#map;
  }
}
