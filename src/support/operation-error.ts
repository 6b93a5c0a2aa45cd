/**
 * The closed set of reasons for which an operation ends badly. A front end maps a code to its own notion
 * (libmachine: text only; gRPC: a status number); nothing else may be derived from an error's text.
 */
export const ERROR_CODES = [
  'invalid-input', // a flag, a field, a file: the user has to change what was asked
  'not-found', // an entity that was named does not exist, or may not be seen
  'ambiguous', // a name fits several entities
  'unauthenticated', // user name, password or key refused
  'permission-denied', // authenticated, but not allowed
  'unreachable', // no connection: name resolution, refused, reset, proxy
  'untrusted-certificate', // TLS peer not trusted
  'rate-limited', // the server asked for fewer requests
  'unavailable', // the server answered that it cannot serve now (5xx)
  'conflict', // another client changed the entity meanwhile
  'task-failed', // the server accepted the work and then failed it
  'unexpected-response', // the server's answer could not be understood
  'unsupported', // this server or host cannot do what was asked
  'timeout', // the operation's deadline passed
  'cancelled', // the user or the process stopped it
  'not-running', // the host has to run for this and does not
  'internal', // a fault of ours
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** What an error is made of; its fields say what they are. */
export type OperationErrorFields = Pick<OperationError, 'code' | 'attempted' | 'problem'> &
  Partial<Pick<OperationError, 'advice' | 'taskId' | 'concerns' | 'cause'>>;

/** Something that a request names, e.g. kind `storage container`. */
export interface Concern {
  readonly kind: string;
  readonly name: string;
}

/**
 * The one error class. Its `message` alone lets an operator act: what was attempted, on which entity, what
 * the other side said, what to do. One line, because libmachine carries an error as text only.
 */
export class OperationError extends Error {
  override readonly name = 'OperationError';
  readonly code: ErrorCode;
  /** What was attempted and on which entity, e.g. `delete VM "web-1" (1b22…)`. */
  readonly attempted: string;
  /** What came back, in the peer's own words if there are any. */
  readonly problem: string;
  /** What the user can do about it; a full sentence. */
  readonly advice: string | undefined;
  /** The server's id of the work that failed, for its logs. */
  readonly taskId: string | undefined;
  /** The entity of the request that it is about, as the user wrote it, or the certificate by its SHA-256; undefined = no single one. */
  readonly concerns: Concern | undefined;

  constructor(fields: OperationErrorFields) {
    super(textOf(fields), fields.cause === undefined ? undefined : { cause: fields.cause });
    this.code = fields.code;
    this.attempted = fields.attempted;
    this.problem = fields.problem;
    this.advice = fields.advice;
    this.taskId = fields.taskId;
    this.concerns = fields.concerns;
  }

  /** The same error with some fields changed. */
  with(changes: Partial<OperationErrorFields>): OperationError {
    const { code, attempted, problem, advice, taskId, concerns, cause } = this;
    return new OperationError({ code, attempted, problem, advice, taskId, concerns, cause, ...changes });
  }

  /** Anything thrown, as an OperationError; what already is one is returned as it is. */
  static from(thrown: unknown, attempted: string): OperationError {
    if (thrown instanceof OperationError) return thrown;
    const problem = thrown instanceof Error ? thrown.message : String(thrown);
    return new OperationError({ code: 'internal', attempted, problem, cause: thrown });
  }
}

/** True for an OperationError with one of the given codes. */
export function hasCode(thrown: unknown, ...codes: ErrorCode[]): thrown is OperationError {
  return thrown instanceof OperationError && codes.includes(thrown.code);
}

/** What the work resolves with; undefined when it fails with one of these codes. */
export async function unlessCode<T>(work: Promise<T>, ...codes: ErrorCode[]): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (hasCode(error, ...codes)) return undefined;
    throw error;
  }
}

function textOf({ attempted, problem, advice, taskId }: OperationErrorFields): string {
  const task = taskId === undefined ? '' : ` (task ${taskId})`;
  const sentence = `${attempted}: ${problem}${task}`.replace(/\s+/g, ' ').trim();
  if (advice === undefined) return sentence;
  return `${/[.!?]$/.test(sentence) ? sentence : `${sentence}.`} ${advice.replace(/\s+/g, ' ').trim()}`;
}
