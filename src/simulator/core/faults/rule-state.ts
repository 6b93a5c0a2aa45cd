import type { FaultRule } from './fault-rule.js';

/** A request as rules look at it. */
export interface Target {
  readonly method: string;
  /** Which API it was sent to, e.g. `v4`; absent for a path of none. */
  readonly api?: string | undefined;
  /** Path below the API's base, without query; the part that tells an API's versions apart is left out. */
  readonly path: string;
  /** From `/api/` on, with that part. */
  readonly wholePath?: string | undefined;
  /** Its pattern, e.g. `/vms/:uuid`. */
  readonly pattern: string;
  readonly kind: string;
}

/** A rule with its counters. */
export class RuleState {
  readonly rule: FaultRule;
  readonly #random: () => number;
  readonly #path: RegExp | undefined;
  /** By path where each path counts for itself, else under one name. */
  readonly #seen = new Map<string, number>();
  #struck = 0;

  constructor(rule: FaultRule) {
    this.rule = rule;
    this.#random = seededRandom(rule.match.seed ?? 1);
    this.#path = rule.match.path === undefined ? undefined : glob(rule.match.path);
  }

  get struck(): number {
    return this.#struck;
  }

  /** True when the rule strikes at this request; counts it. */
  strikes(target: Target): boolean {
    if (!this.#fits(target)) return false;
    const { probability, nth, perPath } = this.rule.match;
    const counter = perPath === true ? target.path : '';
    const seen = (this.#seen.get(counter) ?? 0) + 1;
    this.#seen.set(counter, seen);
    if (!isTurn(nth, seen)) return false;
    if (probability !== undefined && this.#random() >= probability) return false;
    if (this.rule.times !== undefined && this.#struck >= this.rule.times) return false;
    this.#struck += 1;
    return true;
  }

  #fits({ method, api, path, wholePath = path, pattern, kind }: Target): boolean {
    const { match } = this.rule;
    if (match.api !== undefined && match.api !== api) return false;
    if (match.method !== undefined && match.method !== method) return false;
    if (match.kind !== undefined && match.kind !== kind) return false;
    return (
      this.#path === undefined ||
      match.path === pattern ||
      this.#path.test(path) ||
      this.#path.test(wholePath)
    );
  }
}

function isTurn(nth: FaultRule['match']['nth'], count: number): boolean {
  if (nth === undefined) return true;
  if (typeof nth === 'number') return nth === count;
  if (Array.isArray(nth)) return nth.includes(count);
  return count >= nth.from && count <= (nth.to ?? Infinity);
}

function glob(pattern: string): RegExp {
  const source = pattern
    .split(/(\*\*|\*)/)
    .map((part) =>
      part === '**' ? '.*' : part === '*' ? '[^/]*' : part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'),
    )
    .join('');
  return new RegExp(`^${source}$`);
}

/** mulberry32: the same numbers for the same seed, which is all that is asked of it. */
function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
