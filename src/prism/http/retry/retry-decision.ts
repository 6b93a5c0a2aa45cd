import type { NoAnswerKind } from '../failure.js';

/** What one attempt came to. */
export type Outcome =
  | { readonly kind: 'answer'; readonly status: number; readonly retryAfterMs?: number | undefined }
  | { readonly kind: 'no-answer'; readonly why: NoAnswerKind; readonly sent: boolean };

export interface FinishedAttempt {
  /** From 1. */
  readonly number: number;
  /** The call changes nothing more when it is made twice. */
  readonly repeatable: boolean;
  readonly outcome: Outcome;
  /** Chance, 0 <= jitter < 1, so that many clients do not come back together. */
  readonly jitter: number;
}

export type RetryDecision = { readonly repeat: false } | { readonly repeat: true; readonly afterMs: number };

const STOP: RetryDecision = { repeat: false };
/** A server that asks for more is asked again all the same: its wish may be a mistake, and a machine is waited for. */
export const LONGEST_RETRY_AFTER = 30_000;
const BACKOFF_CAP_MS = 4_000;
/**
 * Attempts in all: a flap of a second or two is bridged, a wrong address is told soon all the same. A refusal for the number
 * of requests ends by itself: 200 hosts made at once, each by a process of its own, take turns at a list that is allowed
 * twice a second, and none needs more than 35.
 */
const ATTEMPTS = { connect: 4, serve: 4, rateLimited: 40 } as const;
const GATEWAY_OR_SERVER = new Set([408, 500, 502, 503, 504]);

/** Whether and when to send the same request again. Pure: everything it looks at is in its argument. */
export function decideRetry(attempt: FinishedAttempt): RetryDecision {
  const { outcome, repeatable } = attempt;
  if (outcome.kind === 'answer') {
    // The server rejects a 429 before it acts on the call, so even a call that must not happen twice may be repeated.
    if (outcome.status === 429) return again(attempt, ATTEMPTS.rateLimited, 1_000, outcome.retryAfterMs);
    if (!repeatable || !GATEWAY_OR_SERVER.has(outcome.status)) return STOP;
    return again(attempt, ATTEMPTS.serve, 300, outcome.retryAfterMs);
  }
  switch (outcome.why) {
    case 'name-resolution':
    case 'connection':
      return again(attempt, ATTEMPTS.connect, 250);
    case 'reset':
      return repeatable || !outcome.sent ? again(attempt, ATTEMPTS.serve, 200) : STOP;
    case 'slow':
      // One more try is enough: every try costs the whole time limit.
      return repeatable || !outcome.sent ? again(attempt, 2, 200) : STOP;
    case 'proxy':
    case 'proxy-sign-in':
    case 'trust':
    case 'protocol':
    case 'too-large':
      return STOP;
  }
}

function again(
  attempt: FinishedAttempt,
  attempts: number,
  baseMs: number,
  retryAfterMs?: number,
): RetryDecision {
  if (attempt.number >= attempts) return STOP;
  const backoff = Math.min(baseMs * 2 ** (attempt.number - 1), BACKOFF_CAP_MS);
  const jittered = backoff / 2 + (backoff / 2) * attempt.jitter;
  if (retryAfterMs === undefined) return { repeat: true, afterMs: jittered };
  // All that were refused in one second have been told the same moment: who came at it together would be refused again.
  const spread = Math.min(retryAfterMs + backoff * attempt.jitter, LONGEST_RETRY_AFTER);
  return { repeat: true, afterMs: Math.max(jittered, spread) };
}

/** Reads a Retry-After header, seconds or an HTTP date; undefined when it is neither. Result in ms, >= 0. */
export function parseRetryAfter(value: string | undefined, nowEpochMs: number): number | undefined {
  if (value === undefined) return undefined;
  const text = value.trim();
  if (/^\d+$/.test(text)) return Number(text) * 1_000;
  // Date.parse takes odd numbers for dates; an HTTP date has the name of a month.
  const date = /[A-Z][a-z]{2}/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowEpochMs);
}
