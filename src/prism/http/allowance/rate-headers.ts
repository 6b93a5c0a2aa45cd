/** Periods of one second were seen (recorded-v4 A1); a much longer one is an error, which no call is to wait for. ms. */
const LONGEST_PERIOD = 60_000;

/** What an answer says of one limit. */
export interface RateLimit {
  /** Requests in one period. */
  readonly limit: number;
  /** Of these, what is left in the period that runs; undefined = it does not say. */
  readonly remaining: number | undefined;
  /** Length of a period, ms; at most LONGEST_PERIOD. */
  readonly periodMs: number;
  /** Until the next period begins, ms; at most one period. */
  readonly restMs: number;
}

type Headers = Readonly<Record<string, string>>;

/**
 * The limit of the endpoint that answered. Its reset is in ms: 183 and 128 were seen with a period of one second
 * (recorded-v4 A1; other, vmm-list-vms).
 */
export function endpointLimit(headers: Headers): RateLimit | undefined {
  return limitOf(headers, 'x-api-ratelimit');
}

/** The limit of all requests together; its period is not told, and published as one second (reference v4 2.5). */
export function totalLimit(headers: Headers): RateLimit | undefined {
  return limitOf(headers, 'x-ratelimit');
}

function limitOf(headers: Headers, prefix: string): RateLimit | undefined {
  const limit = numberIn(headers[`${prefix}-limit`]);
  if (limit === undefined || limit < 1) return undefined;
  const seconds = numberIn(headers[`${prefix}-refresh-period-seconds`]) ?? 1;
  const periodMs = Math.min(Math.max(1, seconds * 1_000), LONGEST_PERIOD);
  const reset = numberIn(headers[`${prefix}-reset`]) ?? 0;
  const restMs = reset > 0 && reset <= periodMs ? reset : periodMs;
  return { limit, remaining: numberIn(headers[`${prefix}-remaining`]), periodMs, restMs };
}

function numberIn(text: string | undefined): number | undefined {
  return text !== undefined && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : undefined;
}
