import { abortError, type Clock } from '../../../support/index.js';
import { silenceAdvice } from '../advice.js';
import type { Layer, Reply } from '../exchange.js';
import { noAnswerBehind } from '../failure.js';
import { decideRetry, parseRetryAfter, type Outcome } from './retry-decision.js';

export interface RetryTools {
  readonly clock: Clock;
  /** 0 <= n < 1. */
  readonly random: () => number;
  /** For error texts: `host:port`. */
  readonly server: string;
}

/** Sends a request again as often as `decideRetry` allows; passes the last answer or error on. */
export function retryLayer({ clock, random, server }: RetryTools): Layer {
  return (next) => async (asked) => {
    let call = asked;
    for (let number = 1; ; number += 1) {
      const result = await settle(next(call));
      const outcome = outcomeOf(result);
      if (outcome === undefined) return unwrap(result);
      const decision = decideRetry({ number, repeatable: call.repeatable, outcome, jitter: random() });
      if (!decision.repeat) return unwrap(result);
      const reason = wordsFor(outcome);
      call.logger.debug(
        `${call.method} ${call.path}: ${reason}; again in ${Math.round(decision.afterMs)} ms`,
      );
      try {
        await clock.sleep(decision.afterMs, call.signal);
      } catch {
        const waitedFor = `the moment to ask ${server} again`;
        const pending = { waitedFor, lastSeen: reason, advice: silenceAdvice(server) };
        throw abortError(call.signal, call.attempted, pending);
      }
      // Other kept connections may be as dead as that one.
      if (outcome.kind === 'no-answer' && outcome.why === 'reset') call = { ...asked, freshConnection: true };
    }
  };
}

type Settled = { readonly reply: Reply } | { readonly thrown: unknown };

async function settle(promise: Promise<Reply>): Promise<Settled> {
  try {
    return { reply: await promise };
  } catch (thrown) {
    return { thrown };
  }
}

function unwrap(result: Settled): Reply {
  if ('reply' in result) return result.reply;
  throw result.thrown;
}

function outcomeOf(result: Settled): Outcome | undefined {
  if ('reply' in result) {
    const { status, headers } = result.reply;
    if (status < 400) return undefined;
    // A date is the server's: this computer's clock may be minutes off.
    const theirNow = Date.parse(headers['date'] ?? '');
    const now = Number.isNaN(theirNow) ? Date.now() : theirNow;
    return { kind: 'answer', status, retryAfterMs: parseRetryAfter(headers['retry-after'], now) };
  }
  const noAnswer = noAnswerBehind(result.thrown);
  if (noAnswer === undefined) return undefined;
  return { kind: 'no-answer', why: noAnswer.kind, sent: noAnswer.sent };
}

function wordsFor(outcome: Outcome): string {
  if (outcome.kind === 'no-answer') return `no answer (${outcome.why})`;
  const { status, retryAfterMs } = outcome;
  if (retryAfterMs === undefined) return `HTTP ${status}`;
  return `HTTP ${status} with the wish to be left alone for ${Math.round(retryAfterMs / 1000)} s (Retry-After)`;
}
