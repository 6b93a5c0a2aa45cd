import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyPair, SSH_PORT } from '../guest.js';

/** A folder with the key that guests know; removed after the tests of the file. */
export const folder = mkdtempSync(join(tmpdir(), 'guest-ssh-'));
const keyPath = join(folder, 'key');
writeFileSync(keyPath, keyPair.private, { mode: 0o600 });
afterAll(() => rmSync(folder, { recursive: true }));

const OPTIONS = [
  ...['-F', '/dev/null', '-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null'],
  ...['-o', 'LogLevel=error', '-o', 'IdentitiesOnly=yes', '-o', `Port=${SSH_PORT}`, '-i', keyPath],
];

export interface Ended {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Runs OpenSSH's own ssh, scp or sftp with the key. */
export function openssh(
  program: 'ssh' | 'scp' | 'sftp',
  args: readonly string[],
  input = '',
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = execFile(program, [...OPTIONS, ...args], { timeout: 120_000 }, (error, out, err) => {
      const status = child.exitCode;
      if (status === null) reject(error ?? new Error(`${program} was killed`));
      else resolve({ status, out, err });
    });
    child.stdin?.end(input);
  });
}
