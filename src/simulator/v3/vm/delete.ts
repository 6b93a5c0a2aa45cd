import { accepted, param, type Answer, type Call } from '../../http/route.js';
import { singleValues } from '../references.js';
import { Refusal } from '../../core/refusal.js';
import type { VmRecord } from '../../core/store/records.js';
import type { World } from '../../core/world.js';
import { existingVm } from './checks.js';
import { releaseNics } from './nics.js';
import { powerOff } from '../../core/vm/power.js';

const OPERATION = 'delete_vm_intentful';

/** DELETE vms/{uuid}: no version check, also for a running VM; its disks go with it. */
export function deleteVm(world: World, call: Call): Answer {
  const vm = existingVm(world, param(call, 'uuid'));
  const judge = (): void => {
    if (call.user.role === 'viewer') throw Refusal.accessDenied(call.method, call.path);
  };
  if (!world.version.judgesInTask) judge();
  const task = world.tasks.start({
    operation: OPERATION,
    entities: [{ kind: 'vm', uuid: vm.uuid, name: vm.name }],
    lane: vm.uuid,
    queue: world.latency.queue,
    duration: world.latency.task(OPERATION),
    fault: call.taskFault,
    onRunning: () => {
      vm.deleting = true;
    },
    run: async () => {
      judge();
      await removeVm(world, vm);
    },
    onFailure: (problem) => {
      vm.deleting = false;
      vm.state = 'ERROR';
      vm.messages = [problem.entry];
    },
  });
  vm.taskUuids = [task.uuid];
  return accepted({
    status: { state: 'DELETE_PENDING', execution_context: { task_uuid: task.uuid } },
    // The real server sends no spec, and spells that as an empty string.
    spec: '',
    api_version: '3.1',
    metadata: {
      kind: 'vm',
      ...(world.version.judgesInTask ? {} : { categories: singleValues(vm.categories) }),
    },
  });
}

async function removeVm(world: World, vm: VmRecord): Promise<void> {
  if (!world.store.vms.has(vm.uuid)) {
    const message = `ENTITY_NOT_FOUND: vm ${vm.uuid} does not exist`;
    throw new Refusal({ status: 404, reason: 'ENTITY_NOT_FOUND', message });
  }
  await powerOff(world, vm);
  await world.guests.remove(vm.uuid);
  releaseNics(world, vm.resources.nic_list);
  world.store.vms.delete(vm.uuid);
}
