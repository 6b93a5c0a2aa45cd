import { status } from '@grpc/grpc-js';
import { OperationError, type ErrorCode } from '../support/index.js';

/**
 * Statuses by the codes of our errors, with the meaning that CSI gives them: a container orchestrator tries again after
 * each, but takes DEADLINE_EXCEEDED, UNAVAILABLE and ABORTED for "may have happened". GitLab Runner looks at none but
 * UNIMPLEMENTED, which it takes for success, and which is not here. `conflict` depends on the call.
 */
const STATUSES: Readonly<Record<Exclude<ErrorCode, 'conflict'>, status>> = {
  'invalid-input': status.INVALID_ARGUMENT,
  'not-found': status.NOT_FOUND,
  ambiguous: status.FAILED_PRECONDITION,
  unauthenticated: status.UNAUTHENTICATED,
  'permission-denied': status.PERMISSION_DENIED,
  unreachable: status.UNAVAILABLE,
  'untrusted-certificate': status.FAILED_PRECONDITION,
  'rate-limited': status.UNAVAILABLE, // RESOURCE_EXHAUSTED would say that the storage is full
  unavailable: status.UNAVAILABLE,
  'task-failed': status.INTERNAL,
  'unexpected-response': status.INTERNAL,
  unsupported: status.FAILED_PRECONDITION, // UNIMPLEMENTED would say that the call itself does not exist
  timeout: status.DEADLINE_EXCEEDED,
  cancelled: status.ABORTED,
  'not-running': status.FAILED_PRECONDITION,
  internal: status.INTERNAL,
};

/** A longer text does not fit into the header that carries it everywhere. */
const LONGEST_DETAILS = 2_000;

/** What a callback of grpc-js takes. */
export interface CallError {
  readonly code: status;
  readonly details: string;
}

/** An answer for which none of our error codes stands: the specification wants this very status. */
export class StatusError extends Error {
  override readonly name = 'StatusError';
  readonly code: status;

  constructor(code: status, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Anything thrown as an answer to a call. `conflict`: the status of that code for this call. An error of the system has
 * a code of its own, a text, which grpc-js would not understand.
 */
export function callError(thrown: unknown, conflict: status): CallError {
  if (thrown instanceof StatusError) return { code: thrown.code, details: detailsOf(thrown.message) };
  const { code, message } = operationError(thrown);
  return { code: code === 'conflict' ? conflict : STATUSES[code], details: detailsOf(message) };
}

function operationError(thrown: unknown): OperationError {
  const attempted = 'answer the call';
  try {
    return OperationError.from(thrown, attempted);
  } catch {
    // There are objects of which no text can be made; an error here would be answered by nothing.
    const problem = 'something without a text was thrown';
    return new OperationError({ code: 'internal', attempted, problem });
  }
}

function detailsOf(message: string): string {
  return message.length <= LONGEST_DETAILS ? message : `${message.slice(0, LONGEST_DETAILS)} …`;
}
