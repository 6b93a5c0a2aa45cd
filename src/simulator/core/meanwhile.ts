import type { World } from './world.js';

/**
 * A change that no client of the test has asked for: the named VMs and volume groups are of another revision
 * now.
 */
export function changeMeanwhile({ store, time }: World, ids: readonly string[]): void {
  for (const id of ids) {
    const changed = store.vms.get(id) ?? store.volumeGroups.get(id);
    if (changed === undefined) continue;
    changed.revision += 1;
    changed.updatedAt = time.now();
  }
}
