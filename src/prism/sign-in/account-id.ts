import { createHash, randomBytes, scrypt } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Credentials } from '../../provider/index.js';
import { createFile } from '../../support/index.js';

const SALT_FILE = 'salt';
const SALT_BYTES = 16;
/**
 * A quarter of a MiB and half a ms for each guess. Every command of a user waits for it, and it is not what protects: a list
 * of a million passwords is gone through in minutes at this cost as at four times as much.
 */
const COST = { N: 256, r: 8, p: 1 } as const;
/**
 * Two bytes tell the credentials of a few accounts apart and tell a thief next to nothing: one of 65,536 of all
 * passwords fits, so that no guess can be confirmed with it. The price is that once in 65,536 times other
 * credentials of the same account are taken for those that were refused, for as long as a note lives.
 */
const DIGEST_BYTES = 2;

const slowHash: (secret: string, salt: Uint8Array, length: number, cost: typeof COST) => Promise<Buffer> =
  promisify(scrypt);

/** A name for these credentials on this server, good as a file name. Rejects when `folder` is of no use. */
export async function accountId(folder: string, server: string, credentials: Credentials): Promise<string> {
  const isKey = credentials.kind === 'api-key';
  const [user, secret] = isKey ? ['', credentials.key] : [credentials.username, credentials.password];
  const account = createHash('sha256')
    .update(JSON.stringify([server, credentials.kind, user]))
    .digest('hex');
  const digest = await slowHash(secret, await saltOf(folder), DIGEST_BYTES, COST);
  return `${account.slice(0, 16)}-${digest.toString('hex')}`;
}

export function isSalt(name: string): boolean {
  return name === SALT_FILE;
}

/** The salt of this folder; the first process that asks makes both, the salt in one step. */
async function saltOf(folder: string): Promise<Buffer> {
  const path = join(folder, SALT_FILE);
  const known = await readFile(path).catch(() => undefined);
  if (known !== undefined) return known;
  await mkdir(folder, { mode: 0o700 }).catch(() => undefined);
  await createFile(path, randomBytes(SALT_BYTES), 0o600, { needsLink: true }).catch(() => {
    // Another process was faster, or the next line rejects.
  });
  return await readFile(path);
}
