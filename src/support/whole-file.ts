import { constants } from 'node:fs';
import { access, chmod, copyFile, link, open, rename, rm } from 'node:fs/promises';
import { hasSystemCode } from './system-error.js';

/** Whether something is at this path; false also where that cannot be seen. */
export async function isThere(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}

/**
 * Puts a file in the place of the one that may be there, in one step: a reader never sees half of it, and after a crash
 * the old file or the new one is there. `mode` is narrowed by the umask.
 */
export async function replaceFile(path: string, content: string | Uint8Array, mode: number): Promise<void> {
  await withDraft(path, content, mode, async (draft) => await rename(draft, path));
}

/**
 * Makes a file that must not exist yet: it appears whole or not at all, and never in the place of another one (rejects
 * with EEXIST). It has exactly this mode. On a file system without hard links the file is copied instead, and a
 * reader might see half of it; `needsLink` rejects there.
 */
export async function createFile(
  path: string,
  content: string | Uint8Array,
  mode: number,
  { needsLink = false }: { readonly needsLink?: boolean } = {},
): Promise<void> {
  await withDraft(path, content, mode, async (draft) => {
    await chmod(draft, mode);
    try {
      await link(draft, path);
    } catch (error) {
      if (needsLink || !hasSystemCode(error, 'EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP')) throw error;
      await copyFile(draft, path, constants.COPYFILE_EXCL);
    }
  });
}

/** Writes the content into a file beside `path`, under a name that no other process takes, and to the disk. */
async function withDraft(
  path: string,
  content: string | Uint8Array,
  mode: number,
  publish: (draft: string) => Promise<void>,
): Promise<void> {
  const draft = `${path}.${crypto.randomUUID()}.tmp`;
  try {
    const file = await open(draft, 'wx', mode);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await publish(draft);
  } catch (error) {
    throw aboutFile(error, draft, path);
  } finally {
    await rm(draft, { force: true });
  }
}

/** What went wrong with the draft, told of the file that it stands for: the draft's random name helps no reader. */
function aboutFile(error: unknown, draft: string, path: string): unknown {
  const isWorded = typeof error === 'object' && error !== null && 'message' in error;
  if (isWorded && typeof error.message === 'string') error.message = error.message.replaceAll(draft, path);
  return error;
}
