import { OperationError } from '../../support/index.js';

/** Why there is no answer. */
export type NoAnswerKind =
  | 'name-resolution'
  | 'connection' // refused, no route
  | 'proxy' // the proxy refused to connect us
  | 'proxy-sign-in' // the proxy wants other credentials
  | 'trust' // the certificate was not accepted
  | 'protocol' // something answers, but not with TLS or HTTP
  | 'reset' // the connection broke
  | 'slow' // no connection or no complete answer in time
  | 'too-large';

/** Cause of an OperationError when no complete response was received. */
export class NoAnswer {
  constructor(
    readonly kind: NoAnswerKind,
    /** False when the server cannot have seen the request. */
    readonly sent: boolean,
    readonly cause?: unknown,
  ) {}

  /** For the debug log. */
  toString(): string {
    return `no answer (${this.kind}; the request ${this.sent ? 'may have arrived' : 'did not arrive'})`;
  }
}

/** Cause of an OperationError when the server's response was not a success. */
export class HttpRefusal {
  constructor(
    readonly status: number,
    /** Machine-readable reasons of the body, in its order; [] when it had none. */
    readonly reasons: readonly string[],
    /** The server's words on one line, capped. */
    readonly text: string,
  ) {}

  /** For the debug log. */
  toString(): string {
    const reasons = this.reasons.length === 0 ? '' : ` [${this.reasons.join(', ')}]`;
    return `HTTP ${this.status}${reasons}: ${this.text}`;
  }
}

/** The refusal behind a thrown value, if that is what it is. */
export function refusalBehind(thrown: unknown): HttpRefusal | undefined {
  return thrown instanceof OperationError && thrown.cause instanceof HttpRefusal ? thrown.cause : undefined;
}

/** The missing answer behind a thrown value, if that is what it is. */
export function noAnswerBehind(thrown: unknown): NoAnswer | undefined {
  return thrown instanceof OperationError && thrown.cause instanceof NoAnswer ? thrown.cause : undefined;
}

/**
 * True when the server may have carried out the request although no success came back: the connection broke
 * after sending, or a gateway answered for a server that may have been at work.
 */
export function mayHaveHappened(thrown: unknown): boolean {
  const refusal = refusalBehind(thrown);
  if (refusal !== undefined)
    return refusal.status === 408 || (refusal.status >= 500 && refusal.status !== 501);
  return noAnswerBehind(thrown)?.sent ?? false;
}
