import { hasSystemCode, OperationError, type ErrorCode } from '../../../support/index.js';

/** Status of the engine's answer, or undefined when there was none. */
export function statusOf(thrown: unknown): number | undefined {
  const status = fieldOf(thrown, 'statusCode');
  return typeof status === 'number' ? status : undefined;
}

/** True for an answer with one of these statuses. */
export function hasStatus(thrown: unknown, ...statuses: number[]): boolean {
  const status = statusOf(thrown);
  return status !== undefined && statuses.includes(status);
}

/** What a call to the engine threw, as an OperationError. */
export function engineError(attempted: string, thrown: unknown): OperationError {
  if (thrown instanceof OperationError) return thrown;
  const problem = problemOf(thrown);
  return new OperationError({
    code: codeOf(thrown),
    attempted,
    problem,
    advice: adviceFor(thrown, problem),
    cause: thrown,
  });
}

/** The engine's own words without what the client library puts around them. */
function problemOf(thrown: unknown): string {
  const words = fieldOf(fieldOf(thrown, 'json'), 'message') ?? fieldOf(thrown, 'message');
  return typeof words === 'string' ? words : String(thrown);
}

function codeOf(thrown: unknown): ErrorCode {
  switch (statusOf(thrown)) {
    case undefined:
      return hasSystemCode(thrown, 'EACCES', 'EPERM') ? 'permission-denied' : 'unreachable';
    case 404:
      return 'not-found';
    case 409:
      return 'conflict';
    default:
      return 'internal';
  }
}

function adviceFor(thrown: unknown, problem: string): string | undefined {
  if (hasSystemCode(thrown, 'EACCES', 'EPERM')) {
    return 'Run as root or as a member of the group that owns the socket.';
  }
  if (hasSystemCode(thrown, 'ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOTSOCK', 'ENOTDIR')) {
    return 'Start a Docker engine, or name one with --docker-host or DOCKER_HOST.';
  }
  if (/overlaps with/i.test(problem)) {
    return 'Another network of the engine or the machine uses these addresses: end the other simulator, or use another subnet.';
  }
  if (/address already in use/i.test(problem)) {
    return 'Another guest, or the gateway of the subnet, has this address.';
  }
  if (/no space left/i.test(problem)) return 'Make room in the data folder of the Docker engine.';
  return undefined;
}

/** Not every error is an instance of this realm's Error. */
function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const field: unknown = Reflect.get(value, name);
  return field;
}
