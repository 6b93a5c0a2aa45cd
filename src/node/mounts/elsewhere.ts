import { readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { OperationError } from '../../support/index.js';
import { entriesOf } from '../devices/block-devices.js';
import { mountsIn, peerGroupsIn } from './mount-table.js';
import type { MountEntry } from '../storage-node.js';

/**
 * Whether the file system that is mounted at `target` is mounted at another place of this computer, too, as it is for each
 * container that has it: at another folder, or in the mount namespace of another process. Copies of the mount at `target`
 * do not count: many services have one, and so has the host of a managed plugin, at another path. Undefined = this process cannot know,
 * because it is the first one of a container and sees no process outside of that. False where nothing is mounted.
 */
export async function isMountedElsewhere(proc: string, target: string): Promise<boolean | undefined> {
  const attempted = `find out who has ${target}`;
  const own = await tableOf(proc, 'self');
  if (own === undefined) {
    throw new OperationError({ code: 'internal', attempted, problem: `${proc}/self cannot be read` });
  }
  const mine = own.findLast((entry) => entry.target === target);
  if (mine === undefined) return false;
  const isCopy = (entry: PeerEntry): boolean =>
    entry.root === mine.root &&
    (entry.target === target || entry.peerGroups.some((group) => mine.peerGroups.includes(group)));
  const isAnother = (entry: PeerEntry): boolean => entry.device === mine.device && !isCopy(entry);
  if (own.some(isAnother)) return true;
  const seen = new Set([await namespaceOf(proc, 'self')]);
  for (const process of await entriesOf(proc)) {
    if (!/^\d+$/.test(process)) continue;
    const namespace = await namespaceOf(proc, process);
    if (namespace === undefined || seen.has(namespace)) continue;
    const table = await tableOf(proc, process);
    // One that has just ended: another process of its namespace is asked.
    if (table === undefined) continue;
    if (table.some(isAnother)) return true;
    seen.add(namespace);
  }
  return (await isAlone(proc)) ? undefined : false;
}

/** Mounts of one group show the same mounts below them; a copy belongs to its original's group, or follows that. */
interface PeerEntry extends MountEntry {
  readonly peerGroups: readonly string[];
}

async function tableOf(proc: string, process: string): Promise<readonly PeerEntry[] | undefined> {
  try {
    const lines = (await readFile(join(proc, process, 'mountinfo'), 'utf8')).split('\n');
    const table = lines.flatMap((line) =>
      mountsIn(line).map((entry) => ({ ...entry, peerGroups: peerGroupsIn(line) })),
    );
    return table.length > 0 ? table : undefined;
  } catch {
    return undefined;
  }
}

async function namespaceOf(proc: string, process: string): Promise<string | undefined> {
  return await readlink(join(proc, process, 'ns/mnt')).catch(() => undefined);
}

async function isAlone(proc: string): Promise<boolean> {
  return (await readlink(join(proc, 'self')).catch(() => '')) === '1';
}
