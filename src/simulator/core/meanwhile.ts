import type { World } from './world.js';

/** A change that no client of the test has asked for: the named VMs are of another revision now. */
export function changeMeanwhile({ store, time }: World, ids: readonly string[]): void {
  for (const id of ids) {
    const vm = store.vms.get(id);
    if (vm === undefined) continue;
    vm.revision += 1;
    vm.updatedAt = time.now();
  }
}
