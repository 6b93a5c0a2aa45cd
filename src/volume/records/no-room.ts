import { hasSystemCode, OperationError } from '../../support/index.js';

/** What the kernel says of a disk or a quota that is full, and of a file system that it has made read-only. */
const NO_ROOM = ['ENOSPC', 'EDQUOT', 'EROFS'];

/** The error of a write into this host's own folder, in words that say which disk has to be mended. */
export function unwritten(error: unknown, attempted: string, folder: string): OperationError {
  if (!hasSystemCode(error, ...NO_ROOM)) return OperationError.from(error, attempted);
  const isFull = !hasSystemCode(error, 'EROFS');
  return new OperationError({
    code: 'unavailable',
    attempted,
    problem: `the disk of this host that holds ${folder} is ${isFull ? 'full' : 'read-only'}`,
    advice: `${isFull ? 'Make room there' : 'Mend it'}; the same call again goes on. No volume is concerned.`,
    cause: error,
  });
}

/** True for an error of `unwritten` that says so. */
export function isNoRoom(error: unknown): boolean {
  return error instanceof OperationError && hasSystemCode(error.cause, ...NO_ROOM);
}
