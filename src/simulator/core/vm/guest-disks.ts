import type { GuestDisk } from '../../guests/index.js';
import type { VmDisk, VmRecord } from '../store/vm-record.js';
import type { World } from '../world.js';

/** The disks as the VM's guest sees them: its own ones, then each disk of the volume groups that it has. */
export function guestDisks({ store }: Pick<World, 'store'>, vm: VmRecord): GuestDisk[] {
  const { disks } = vm.config;
  const own = disks
    .filter(({ type }) => type === 'DISK')
    .map(({ uuid, sizeBytes = 0, adapter, index }) => ({ uuid, sizeBytes, adapter, index }));
  const ofGroup = ({ volumeGroupUuid, adapter, index }: VmDisk): GuestDisk[] => {
    const group = volumeGroupUuid === undefined ? undefined : store.volumeGroups.get(volumeGroupUuid);
    return (group?.disks ?? []).map(({ uuid, sizeBytes, index: lun }) => ({
      uuid,
      sizeBytes,
      adapter,
      index,
      lun,
      volumeGroupUuid: group?.uuid ?? '',
    }));
  };
  return [...own, ...disks.flatMap(ofGroup)];
}

/**
 * Shows the disks to the guest, if one runs. What the guest makes of it does not hold up the storage. `without`: a
 * volume group that is being detached; the guest has lost it before any other VM or client can have it.
 */
export async function showDisksToGuest(world: World, vm: VmRecord, without?: string): Promise<void> {
  const guest = world.boots.get(vm.uuid)?.guest;
  const disks = guestDisks(world, vm).filter(
    (disk) => without === undefined || disk.volumeGroupUuid !== without,
  );
  try {
    await guest?.disksChanged?.(disks);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    world.logger.warn(`The guest of VM ${vm.name} (${vm.uuid}) did not take its disks: ${problem}`);
  }
}
