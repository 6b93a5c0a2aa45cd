import { z } from 'zod';
import { schemaError } from '../../support/index.js';

const perSecond = z.int().min(1);

const schema = z.strictObject({
  /** Of all requests together. */
  all: perSecond.optional(),
  /** By `METHOD /pattern`, e.g. `POST /vmm/ahv/config/vms`. */
  endpoints: z.record(z.string(), perSecond).default({}),
  /** Of each endpoint that is not named. */
  others: perSecond.optional(),
  /** Whether a 429 says when to come again (`Retry-After`). */
  retryAfter: z.boolean().default(true),
});

/** How many requests an API takes in each second. What is absent is not limited. */
export type LimitTable = z.infer<typeof schema>;

/** Throws OperationError `invalid-input` that names every field that is wrong. */
export function parseLimits(value: unknown, source: string): LimitTable {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw schemaError(`read limits from ${source}`, parsed.error.issues, 'all of it');
}

/** What the limits make of one request. */
export interface Admission {
  readonly isRefused: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

const PERIOD_MS = 1_000;

/**
 * Counts requests in periods of one second, for each endpoint and for all. Names of the headers and what they say are
 * recorded (recorded-v4 A1, other/vmm-list-vms): the moment of the next period, in ms, is only told when nothing is left.
 */
export class ApiLimits {
  readonly #table: LimitTable;
  /** What was taken in the latest period, by endpoint; '' = in all. */
  #latest = { period: 0, taken: new Map<string, number>() };

  constructor(table: LimitTable) {
    this.#table = table;
  }

  /** `endpoint`: `METHOD /pattern`; `now` in ms. */
  take(endpoint: string, now: number): Admission {
    const period = Math.floor(now / PERIOD_MS);
    if (period !== this.#latest.period) this.#latest = { period, taken: new Map() };
    const { all, endpoints, others, retryAfter } = this.#table;
    const limit = endpoints[endpoint] ?? others;
    const own = this.#left(endpoint, limit);
    const total = this.#left('', all);
    const isRefused = own < 0 || total < 0;
    const reset = PERIOD_MS - (now - period * PERIOD_MS);
    return {
      isRefused,
      headers: {
        ...(limit === undefined ? {} : headersFor('X-Api-Ratelimit', limit, own, reset)),
        ...(limit === undefined ? {} : { 'X-Api-Ratelimit-Refresh-Period-Seconds': '1' }),
        ...(all === undefined ? {} : headersFor('X-Ratelimit', all, total, reset)),
        ...(isRefused && retryAfter ? { 'Retry-After': '1' } : {}),
      },
    };
  }

  /** How many more there may be in this period, after this one; negative when it is one too many. */
  #left(name: string, limit: number | undefined): number {
    if (limit === undefined) return 0;
    const { taken } = this.#latest;
    const count = (taken.get(name) ?? 0) + 1;
    taken.set(name, count);
    return limit - count;
  }
}

function headersFor(name: string, limit: number, left: number, reset: number): Record<string, string> {
  return {
    [`${name}-Limit`]: String(limit),
    [`${name}-Remaining`]: String(Math.max(0, left)),
    [`${name}-Reset`]: String(left > 0 ? 0 : Math.ceil(reset)),
  };
}
