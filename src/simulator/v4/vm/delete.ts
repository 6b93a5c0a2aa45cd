import type { VmRecord } from '../../core/store/vm-record.js';
import { removeVm } from '../../core/vm/removal.js';
import type { Answer } from '../../http/route.js';
import type { V4Call } from '../route.js';
import type { V4World } from '../world.js';
import { changeOfVm } from './change.js';
import { volumeGroupAttached } from './failures.js';

/** DELETE vms/{extId}: also of a running one; its disks go with it (reference v4 3.5). */
export function deleteVm(world: V4World, call: V4Call): Answer {
  return changeOfVm(world, call, {
    operation: 'DeleteVm',
    onRunning: (vm) => {
      vm.deleting = true;
    },
    run: async (vm) => {
      checkVolumeGroups(vm);
      await removeVm(world, vm);
    },
    onFailure: (vm) => {
      vm.deleting = false;
    },
  });
}

function checkVolumeGroups({ config }: VmRecord): void {
  const disk = config.disks.find(({ volumeGroupUuid }) => volumeGroupUuid !== undefined);
  if (disk !== undefined) throw volumeGroupAttached(`${disk.adapter.toLowerCase()}.${String(disk.index)}`);
}
