import type { VmRecord } from '../store/vm-record.js';
import type { World } from '../world.js';
import { checkNoGroups } from '../volume/index.js';
import { releaseNics } from './nics.js';
import { powerOff } from './power.js';

/**
 * Removes a VM, also one that runs; its disks, its addresses and its guest go with it. Throws a Refusal while it has a
 * volume group.
 */
export async function removeVm(world: World, vm: VmRecord): Promise<void> {
  checkNoGroups(vm);
  await powerOff(world, vm);
  await world.guests.remove(vm.uuid);
  releaseNics(world, vm.config.nics);
  world.store.vms.delete(vm.uuid);
}
