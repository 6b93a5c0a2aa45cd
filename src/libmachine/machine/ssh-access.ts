import { constants } from 'node:fs';
import { copyFile, mkdir, open, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { OperationError } from '../../support/index.js';
import type { ConfigValues } from '../config/index.js';
import { OPTIONS } from '../options/index.js';
import { systemCode } from '../system-error.js';
import { readPrivateKey } from './input-files.js';

/*
 * How the client reaches the guest. None of this needs credentials or the network: `ssh` and `scp` have to work
 * when Prism Central does not. Empty and 0 stand for the defaults, as in libmachine's own base driver.
 */

export function sshUserOf({ SSHUser }: ConfigValues): string {
  return SSHUser === '' ? OPTIONS.SSHUser.fallback : SSHUser;
}

export function sshPortOf({ SSHPort }: ConfigValues): number {
  return SSHPort === 0 ? OPTIONS.SSHPort.fallback : SSHPort;
}

/** The official driver's name for the key, whatever its type: clients only care for the content. */
export function sshKeyPathOf({ SSHKeyPath, StorePath, MachineName }: ConfigValues): string {
  return SSHKeyPath === '' ? join(StorePath, 'machines', MachineName, 'id_rsa') : SSHKeyPath;
}

/**
 * Copies a person's own private key to where the client looks for the machine's key, as libmachine's generic
 * driver does: the machine stays reachable when the original is moved, and a store that is kept elsewhere (a
 * Kubernetes secret) is complete.
 */
export async function installPrivateKey(source: string, target: string): Promise<void> {
  const text = await readPrivateKey(source);
  if (resolve(source) === resolve(target)) return;
  try {
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    await rm(target, { force: true });
    const file = await open(target, 'wx', 0o600);
    await file.writeFile(text).finally(async () => await file.close());
    // The public half is beside it or can be worked out; its absence is no problem.
    await rm(`${target}.pub`, { force: true });
    await copyFile(`${source}.pub`, `${target}.pub`, constants.COPYFILE_EXCL).catch(() => undefined);
  } catch (error) {
    throw new OperationError({
      code: 'invalid-input',
      attempted: `copy the SSH key ${source} to ${target}`,
      problem: systemCode(error) ?? 'unreadable',
      cause: error,
    });
  }
}
