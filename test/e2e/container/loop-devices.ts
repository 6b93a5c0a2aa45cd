import { execFileSync } from 'node:child_process';

/** Which of these disks (UUIDs) are attached to a loop device of this machine; other simulators attach some too. */
export function attachedDisks(uuids: readonly string[]): string[] {
  const list = execFileSync('losetup', ['--list', '--noheadings', '--output', 'BACK-FILE']).toString();
  const attached = [...list.matchAll(/([0-9a-f-]{36})\.img/g)].map(([, uuid = '']) => uuid);
  return attached.filter((uuid) => uuids.includes(uuid));
}
