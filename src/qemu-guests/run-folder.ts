import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasEnded, processIdentity } from '../process/index.js';
import { removeNamespace } from './namespace.js';

const PREFIX = 'prism-qemu-';
const OWNER = 'owner';

/** A folder for all that the guests of one simulator keep on disk. */
export interface RunFolder {
  readonly path: string;
  /** Six letters and digits that nothing else on this machine has; part of the names of its network. */
  readonly instance: string;
}

export async function makeRunFolder(): Promise<RunFolder> {
  const path = await mkdtemp(join(tmpdir(), PREFIX));
  await writeFile(join(path, OWNER), processIdentity());
  for (const folder of ['vms', 'volumes']) await mkdir(join(path, folder));
  return { path, instance: instanceOf(path) };
}

/** The network first: where it stays, the folder still says whose it is. Idempotent. */
export async function removeRunFolder(path: string): Promise<void> {
  await removeNamespace(instanceOf(path));
  await rm(path, { recursive: true, force: true });
}

/** Removes what killed simulators have left; their guests ended with them. Resolves with the number of simulators. */
export async function sweepRunFolders(): Promise<number> {
  const folders = (await readdir(tmpdir())).filter((name) => name.startsWith(PREFIX));
  const left = folders.map((name) => join(tmpdir(), name)).filter((path) => hasEnded(ownerOf(path)));
  for (const path of left) await removeRunFolder(path);
  return left.length;
}

function instanceOf(path: string): string {
  return path.slice(-6);
}

/** Empty where it cannot be read: then nothing is known of it. */
function ownerOf(path: string): string {
  try {
    return readFileSync(join(path, OWNER), 'utf8');
  } catch {
    return '';
  }
}
