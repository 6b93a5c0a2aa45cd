import { Refusal } from '../core/refusal.js';

/**
 * Requests per second that the server takes: a bucket that fills steadily and holds one second's worth. Real
 * servers publish 30 (X-Small) to 80 (Extra Large) for the v4 API; for v3 nothing is known.
 */
export class RateLimit {
  readonly #perSecond: number;
  #tokens: number;
  #filledAt: number | undefined;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
    this.#tokens = perSecond;
  }

  /** Counts a request; `now` in ms. Throws the Refusal (429) of one too many. */
  take(now: number): void {
    const elapsed = now - (this.#filledAt ?? now);
    this.#filledAt = now;
    this.#tokens = Math.min(this.#perSecond, this.#tokens + (elapsed / 1000) * this.#perSecond);
    if (this.#tokens < 1) throw tooMany();
    this.#tokens -= 1;
  }
}

/** What is answered to one request too many. */
export function tooMany(): Refusal {
  return new Refusal({ code: 'rate-limited', message: 'Too many requests.' });
}
