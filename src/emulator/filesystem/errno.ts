/** The errors a guest's system calls give, with the C library's wording (`strerror`). */
const MESSAGES = {
  EACCES: 'Permission denied',
  EBADF: 'Bad file descriptor',
  EBUSY: 'Device or resource busy',
  EEXIST: 'File exists',
  EFBIG: 'File too large',
  EINVAL: 'Invalid argument',
  EISDIR: 'Is a directory',
  ELOOP: 'Too many levels of symbolic links',
  ENAMETOOLONG: 'File name too long',
  ENOENT: 'No such file or directory',
  ENOSPC: 'No space left on device',
  ENOTDIR: 'Not a directory',
  ENOTEMPTY: 'Directory not empty',
  EPERM: 'Operation not permitted',
  EPIPE: 'Broken pipe',
  EROFS: 'Read-only file system',
} as const;

export type ErrnoCode = keyof typeof MESSAGES;

/**
 * An error inside a guest, of concern to the guest's programs only: they print `message` the way real ones
 * do. It never leaves the guest.
 */
export class Errno extends Error {
  override readonly name = 'Errno';
  readonly code: ErrnoCode;

  constructor(code: ErrnoCode) {
    super(MESSAGES[code]);
    this.code = code;
  }
}

/** True for an Errno with one of the given codes. */
export function isErrno(thrown: unknown, ...codes: ErrnoCode[]): thrown is Errno {
  return thrown instanceof Errno && (codes.length === 0 || codes.includes(thrown.code));
}
