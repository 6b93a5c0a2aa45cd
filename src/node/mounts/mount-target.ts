import { lstat, mkdir, open, realpath, rmdir, unlink } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { hasSystemCode, OperationError } from '../../support/index.js';

/**
 * The target as the kernel's table has it: links in the folders above resolved. The target itself is not touched: a
 * dead file system that is mounted there answers nothing but errors.
 */
export async function kernelPathOf(target: string, attempted: string): Promise<string> {
  if (!isAbsolute(target) || target.includes('\0')) {
    const problem = `${JSON.stringify(target)} is no absolute path`;
    throw new OperationError({ code: 'invalid-input', attempted, problem });
  }
  const path = resolve(target);
  try {
    return join(await realpath(dirname(path)), basename(path));
  } catch (error) {
    // The folders above are not there: then nothing is mounted below them.
    if (hasSystemCode(error, 'ENOENT', 'ENOTDIR')) return path;
    throw OperationError.from(error, attempted);
  }
}

/** Makes the folder, with its parents, or the empty file at which something will be mounted. */
export async function makeTarget(target: string, kind: 'folder' | 'file', attempted: string): Promise<void> {
  try {
    await mkdir(kind === 'folder' ? target : dirname(target), { recursive: true, mode: 0o755 });
    if (kind === 'file') await (await open(target, 'a', 0o600)).close();
    const found = await lstat(target);
    if (kind === 'folder' ? found.isDirectory() : !found.isSymbolicLink() && !found.isDirectory()) return;
  } catch (error) {
    throw OperationError.from(error, attempted).with({ code: 'task-failed' });
  }
  const problem = `${target} is there and is no ${kind}`;
  throw new OperationError({ code: 'conflict', attempted, problem });
}

/** Takes away the empty folder or file; one with content is nothing of ours and stays. */
export async function removeTarget(target: string, attempted: string): Promise<void> {
  try {
    const found = await lstat(target);
    if (found.isDirectory()) await rmdir(target);
    else if (found.isFile() && found.size === 0) await unlink(target);
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT', 'ENOTDIR', 'ENOTEMPTY', 'EEXIST')) return;
    if (hasSystemCode(error, 'EBUSY')) {
      const problem = `${target} is still mounted in another namespace, or in use`;
      throw new OperationError({ code: 'conflict', attempted, problem, cause: error });
    }
    throw OperationError.from(error, attempted).with({ code: 'task-failed' });
  }
}
