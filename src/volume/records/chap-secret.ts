import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createFile, hasSystemCode } from '../../support/index.js';

/** 12 random bytes are 16 signs, the most that iSCSI takes; none of them is one that libiscsi stumbles over in an URL. */
const RANDOM_BYTES = 12;

/**
 * The CHAP secret of this host's initiator, made at the first use, 0600. Prism keeps one secret for each initiator, not
 * for each volume (reference v4 6.4): with one for each volume, the second would lock the first one's sessions out.
 */
export async function chapSecretIn(folder: string): Promise<string> {
  const path = join(folder, 'chap-secret');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (;;) {
    try {
      return (await readFile(path, 'utf8')).trim();
    } catch (error) {
      if (!hasSystemCode(error, 'ENOENT')) throw error;
    }
    const secret = randomBytes(RANDOM_BYTES).toString('base64url').replaceAll(/[-_]/g, 'x');
    // Two processes can begin at once; the file of the first one counts.
    await createFile(path, `${secret}\n`, 0o600).catch(unlessThere);
  }
}

function unlessThere(error: unknown): void {
  if (!hasSystemCode(error, 'EEXIST')) throw error;
}
