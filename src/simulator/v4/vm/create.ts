import type { VmRecord } from '../../core/store/vm-record.js';
import type { TaskRecord } from '../../core/task-engine.js';
import { completeConfig, unmadeVm } from '../../core/vm/config.js';
import { releaseNics } from '../../core/vm/nics.js';
import type { VmOptions } from '../../core/vm/options.js';
import { checkProject } from '../../core/vm/placement.js';
import type { Answer } from '../../http/route.js';
import { requestBody } from '../message/request-body.js';
import { ordered, type TaskOrder } from '../task/start.js';
import { newestMinor } from '../versions.js';
import type { V4Call } from '../route.js';
import type { V4World } from '../world.js';
import { vmBody, type VmBody } from './bodies.js';
import { vmEntity } from './change.js';
import { poweredOnAtCreate, vmFailure } from './failures.js';
import { checkMembers } from './members.js';
import { machineId, newEntity } from '../message/new-entity.js';
import { vmOptions } from './options.js';
import { checkCustomization, checkSize, targetCluster, withRealSizes } from './create-checks.js';
import {
  assignCategories,
  checkedCategories,
  checkedProject,
  checkSubnets,
  projectOf,
} from './references.js';

/** POST vms: judged in the task, apart from the schema (recorded-v4 C1 to D2). */
export function createVm(world: V4World, call: V4Call): Answer {
  const body = requestBody(world, call, vmBody);
  checkMembers(world, call, body);
  return ordered(world, call, 'vmm.v4.ahv.config.CreateVmApiResponse', () => {
    const vm = newVm(world, call, body);
    return createOrder(world, vm, 'CreateVm', (task) => {
      if (body.powerState !== undefined && body.powerState !== 'OFF')
        throw poweredOnAtCreate(body.powerState);
      vm.clusterUuid = targetCluster(world, body);
      assignCategories(vm, checkedCategories(world, body.categories ?? []));
      makeVm(world, vm, vmOptions(body), task);
    });
  });
}

/** The order to make `vm`: from now on it is known as one that is being made. Clones come this way too. */
export function createOrder(
  world: V4World,
  vm: VmRecord,
  operation: string,
  run: (task: TaskRecord) => void | Promise<void>,
): TaskOrder {
  world.store.vms.put(vm);
  return {
    operation,
    entities: [{ kind: 'vm', uuid: vm.uuid }],
    lane: vm.uuid,
    onRunning: () => {
      vm.state = 'RUNNING';
    },
    run: async (task) => {
      vm.taskUuids = [task.uuid];
      vm.createTask = task.uuid;
      try {
        await run(task);
      } catch (error) {
        throw vmFailure(error, operation, vm.uuid);
      }
    },
    onFailure: () => {
      if (vm.made) return;
      releaseNics(world, vm.config.nics);
      world.store.vms.delete(vm.uuid);
    },
  };
}

/** What a VM consists of that was asked for, once all it refers to is there. Throws a Refusal. */
export function makeVm(world: V4World, vm: VmRecord, options: VmOptions, task: TaskRecord): void {
  checkedProject(world, vm.projectUuid);
  checkSubnets(world, 'CreateVm', vm.clusterUuid, options.nics);
  checkProject(world, { projectUuid: vm.projectUuid, clusterUuid: vm.clusterUuid, nics: options.nics });
  checkSize(world, 'CreateVm', vm.clusterUuid, options);
  checkCustomization(world, options);
  const { name: vmName, clusterUuid } = vm;
  const disks = withRealSizes(world, vm.uuid, options.disks);
  vm.config = completeConfig(world, { ...options, disks }, { vmName, clusterUuid, newId: machineId });
  vm.createdAt = world.time.now();
  vm.updatedAt = vm.createdAt;
  vm.made = true;
  vm.state = 'COMPLETE';
  report(world, vm, task);
}

/** What the task says of a VM that it has made: from 4.3 on also of its devices (recorded-v4 A1, reference v4 4.3). */
function report(world: V4World, vm: VmRecord, task: TaskRecord): void {
  task.clusterUuid = vm.clusterUuid;
  task.entities.splice(0, 1, vmEntity(vm));
  if (newestMinor(world.served, 'vmm') >= 3) {
    for (const { uuid, subnet } of vm.config.nics) {
      task.entities.push({ kind: 'vm_nic', uuid }, { kind: 'subnet', uuid: subnet.uuid });
    }
    for (const { uuid, type, adapter, index } of vm.config.disks) {
      if (type !== 'DISK') continue;
      task.entities.push({
        kind: 'vm_disk',
        uuid,
        name: `${vm.name}.${adapter.toLowerCase()}.${String(index)}`,
      });
    }
  }
  task.outcome.push({ name: 'VM external ID', value: vm.uuid });
  if (vm.name !== '') task.outcome.push({ name: 'VM name', value: vm.name });
}

/** The record that a create begins with. Categories are looked up in the task, like everything else. */
function newVm(world: V4World, call: V4Call, body: VmBody): VmRecord {
  const { name = '', description, ownershipInfo } = body;
  const entity = { ...newEntity(world, call, name), description, projectUuid: projectOf(body) };
  const owner = ownershipInfo?.owner?.extId;
  const owned = { ...entity, ...(owner === undefined ? {} : { owner: { uuid: owner } }) };
  return unmadeVm(owned, body.cluster?.extId ?? '');
}
