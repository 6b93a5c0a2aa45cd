import { param, type Answer, type Call } from '../../http/route.js';
import { deletionAnswer, startWork } from '../intent/work.js';
import { refuseViewer } from '../permissions.js';
import { singleValues } from '../references.js';
import type { Refusal } from '../../core/refusal.js';
import { v3Refusal } from '../refusal.js';
import type { VmRecord } from '../../core/store/vm-record.js';
import type { World } from '../../core/world.js';
import { existingVm } from './checks.js';
import { removeVm } from '../../core/vm/removal.js';

/** DELETE vms/{uuid}: no version check, also for a running VM; its disks go with it, but no volume group. */
export function deleteVm(world: World, call: Call): Answer {
  const vm = existingVm(world, param(call, 'uuid'));
  if (!world.version.judgesInTask) refuseViewer(call);
  const task = startWork(world, call, {
    kind: 'vm',
    operation: 'delete_vm_intentful',
    record: vm,
    onRunning: () => {
      vm.deleting = true;
    },
    run: async () => {
      refuseViewer(call);
      if (!world.store.vms.has(vm.uuid)) throw alreadyGone(vm);
      await removeVm(world, vm);
    },
    onFailure: () => {
      vm.deleting = false;
    },
  });
  vm.taskUuids = [task];
  return deletionAnswer(
    'vm',
    task,
    world.version.judgesInTask ? {} : { categories: singleValues(vm.categories) },
  );
}

function alreadyGone(vm: VmRecord): Refusal {
  const message = `ENTITY_NOT_FOUND: vm ${vm.uuid} does not exist`;
  return v3Refusal({ status: 404, reason: 'ENTITY_NOT_FOUND', message });
}
