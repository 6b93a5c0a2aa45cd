import { OperationError, type ErrorCode } from '../../support/index.js';
import { PERMISSION_ADVICE, ENDPOINT_ADVICE, UNAUTHENTICATED_ADVICE } from './advice.js';
import type { Layer, Reply } from './exchange.js';
import { HttpRefusal } from './failure.js';

/** What an error means to us, and what to do about it. */
export interface ErrorMeaning {
  readonly code: ErrorCode;
  /** Full sentences. */
  readonly advice?: string | undefined;
}

/** Reads an error body: reasons and one line of text. Must accept anything. */
export type ErrorBodyReader = (body: string) => {
  readonly reasons: readonly string[];
  readonly text: string;
  /** What the body says beyond the status; counts where the status alone says little. */
  readonly meaning?: ErrorMeaning | undefined;
};

/** An answer that is no success, as an HttpRefusal. An empty body is still a refusal. */
export function refusalFrom(reply: Reply, readBody: ErrorBodyReader): HttpRefusal {
  const { reasons, text } = readBody(reply.body);
  return new HttpRefusal(reply.status, reasons, text === '' ? 'no explanation was given' : text);
}

/** Turns every answer that is not 2xx into an OperationError. */
export function errorsLayer(readBody: ErrorBodyReader): Layer {
  return (next) => async (call) => {
    const reply = await next(call);
    if (reply.status >= 200 && reply.status < 300) return reply;
    const refusal = refusalFrom(reply, readBody);
    const { code, advice } = meaningOf(refusal, readBody(reply.body).meaning);
    const where = reply.status < 400 ? ` to ${reply.headers['location'] ?? 'nowhere'}` : '';
    throw new OperationError({
      code,
      attempted: call.attempted,
      problem: `Prism Central answered HTTP ${reply.status}${where}: ${refusal.text}`,
      advice,
      cause: refusal,
    });
  };
}

/** The status comes first; a code of the body refines those that stand for many things (reference v4 2.4). */
function meaningOf({ status, reasons }: HttpRefusal, ofBody: ErrorMeaning | undefined): ErrorMeaning {
  if (status < 400) return { code: 'unexpected-response', advice: ENDPOINT_ADVICE };
  switch (status) {
    case 400:
    case 428:
      return ofBody ?? { code: 'invalid-input' };
    case 413:
    case 422:
      return { code: 'invalid-input' };
    case 401:
      return { code: 'unauthenticated', advice: UNAUTHENTICATED_ADVICE };
    case 403:
      return { code: 'permission-denied', advice: PERMISSION_ADVICE };
    case 404:
      // A 404 with an error body means "no such entity"; without one, "no such route", or a proxy answered, and
      // nothing may be concluded from that.
      return reasons.length > 0 ? { code: 'not-found' } : { code: 'unsupported', advice: ENDPOINT_ADVICE };
    case 409:
    case 412:
      return { code: 'conflict' };
    case 405:
    case 501:
      return { code: 'unsupported' };
    case 429:
      return { code: 'rate-limited', advice: 'Run fewer operations at once, or try again later.' };
  }
  return status >= 500 ? { code: 'unavailable' } : { code: 'unexpected-response' };
}
