import type { RateLimit } from './rate-headers.js';

/** When nothing is known of a limit, one answer has to tell before the rest is sent. */
type Knowledge = 'nothing' | 'no limit' | RateLimit;

/**
 * How many requests one limit allows now. A server counts by its own clock and a request counts when it arrives, which is
 * some time between its sending and its answer. So a request gives its place back one period after its *answer*: then no
 * period of the server's, however it lies, sees more than the limit from here.
 */
export class Gate {
  #known: Knowledge;
  #underWay = 0;
  /** When each place is free again. */
  #returns: number[] = [];
  /** What others have left us of a period, and until when that counts. */
  #budget: { left: number; readonly until: number } | undefined;
  /** Nothing is sent before this. */
  #closedUntil = Number.NEGATIVE_INFINITY;

  /** `isStrict`: nothing is known, and the first answer is waited for; else there is no limit until one is told. */
  constructor(isStrict: boolean) {
    this.#known = isStrict ? 'nothing' : 'no limit';
  }

  /** ms until a request may be sent: 0 = now; Infinity = when an answer has come. */
  waitAt(now: number): number {
    if (now < this.#closedUntil) return this.#closedUntil - now;
    if (this.#known === 'nothing') return this.#underWay === 0 ? 0 : Number.POSITIVE_INFINITY;
    if (this.#known === 'no limit') return 0;
    const budget = this.#budget;
    if (budget !== undefined && now < budget.until && budget.left <= 0) return budget.until - now;
    this.#returns = this.#returns.filter((at) => at > now);
    if (this.#underWay + this.#returns.length < this.#known.limit) return 0;
    const next = Math.min(...this.#returns);
    return Number.isFinite(next) ? next - now : Number.POSITIVE_INFINITY;
  }

  sent(): void {
    this.#underWay += 1;
    if (this.#budget !== undefined) this.#budget.left -= 1;
  }

  /** `limit`: what the answer said; undefined = nothing, or there was no answer. */
  answered(now: number, limit: RateLimit | undefined, isAnswer: boolean): void {
    this.#underWay -= 1;
    const before = this.#known;
    if (limit !== undefined) this.#known = limit;
    else if (isAnswer && before === 'nothing') this.#known = 'no limit';
    if (typeof this.#known === 'string') return;
    this.#returns.push(now + this.#known.periodMs);
    if (limit?.remaining === undefined) return;
    // Those that are under way may not have been counted yet.
    this.#budget = { left: limit.remaining - this.#underWay, until: now + limit.restMs };
  }

  /** Nothing is sent for so long: the server has asked for it. */
  close(now: number, ms: number): void {
    this.#closedUntil = Math.max(this.#closedUntil, now + ms);
  }
}
