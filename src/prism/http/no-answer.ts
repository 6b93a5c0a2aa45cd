import { OperationError, systemCode } from '../../support/index.js';
import { NO_ANSWER_ADVICE } from './advice.js';
import { NoAnswer, type NoAnswerKind } from './failure.js';

/**
 * An error of the connection phase: the server has seen nothing of the request. `advice` takes the place of the
 * general one.
 */
export function connectFailure(attempted: string, error: unknown, advice?: string): OperationError {
  const code = systemCode(error);
  const kind = connectKind(code, error);
  return new OperationError({
    code: 'unreachable',
    attempted,
    problem: CONNECT_WORDS[code ?? ''] ?? (error instanceof Error ? error.message : String(error)),
    // A connect time-out gets the same advice as a refused connection.
    advice: advice ?? NO_ANSWER_ADVICE[kind === 'slow' ? 'connection' : kind],
    cause: new NoAnswer(kind, false, error),
  });
}

/** What an error of the system's says about a connection that was not made. */
export function connectKind(code: string | undefined, error: unknown): NoAnswerKind {
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EAI_FAIL') return 'name-resolution';
  if (code === 'ETIMEDOUT' || code === 'ABORT_ERR') return 'slow';
  if (code === 'ECONNRESET' || code === 'EPIPE') return 'reset';
  if (code === 'EPROTO' || (code?.startsWith('ERR_SSL_') ?? false)) return 'protocol';
  if (code?.startsWith('ERR_TLS_') ?? false) return 'protocol';
  // A certificate problem of the proxy itself, or one the runtime has no known code for.
  if (code === undefined && error instanceof Error && /certificate/i.test(error.message)) return 'trust';
  return 'connection';
}

const CONNECT_WORDS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the host name is not known (ENOTFOUND)',
  EAI_AGAIN: 'the name could not be resolved just now (EAI_AGAIN)',
  ECONNREFUSED: 'connection refused (ECONNREFUSED)',
  EHOSTUNREACH: 'no route to the host (EHOSTUNREACH)',
  ENETUNREACH: 'no route to the network (ENETUNREACH)',
  ETIMEDOUT: 'no connection in time (ETIMEDOUT)',
  ABORT_ERR: 'no connection in time',
  ECONNRESET: 'the connection was closed during the TLS handshake (ECONNRESET)',
};

/** An error after the request went out: the server may have acted on it. */
export function exchangeFailure(attempted: string, server: string, error: unknown): OperationError {
  const kind = exchangeKind(error);
  const code = systemCode(error);
  const words = error instanceof Error ? error.message : String(error);
  return new OperationError({
    code: kind === 'too-large' || kind === 'protocol' ? 'unexpected-response' : 'unreachable',
    attempted,
    problem:
      kind === 'reset'
        ? `the connection to ${server} broke before the answer was complete (${code ?? words})`
        : words,
    advice: NO_ANSWER_ADVICE[kind],
    cause: new NoAnswer(kind, true, error),
  });
}

function exchangeKind(error: unknown): NoAnswerKind {
  if (error instanceof Error && error.message.startsWith('maxContentLength')) return 'too-large';
  const code = systemCode(error);
  if (code?.startsWith('HPE_') ?? false) return 'protocol';
  return 'reset';
}

/** No complete answer within the time limit of one request. */
export function slowFailure(attempted: string, server: string, limitMs: number): OperationError {
  return new OperationError({
    code: 'unreachable',
    attempted,
    problem: `no complete answer of ${server} within ${Math.round(limitMs / 1000)} s`,
    advice: NO_ANSWER_ADVICE.slow,
    cause: new NoAnswer('slow', true),
  });
}
