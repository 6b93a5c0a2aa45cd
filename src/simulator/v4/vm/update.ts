import type { VmConfig, VmRecord } from '../../core/store/vm-record.js';
import { changeVm } from '../../core/vm/change.js';
import type { DiskOptions, VmOptions } from '../../core/vm/options.js';
import type { Answer } from '../../http/route.js';
import { requestBody } from '../message/request-body.js';
import type { V4Call } from '../route.js';
import type { V4World } from '../world.js';
import { vmBody, type VmBody } from './bodies.js';
import { changeOfVm } from './change.js';
import { checkCustomization } from './create-checks.js';
import { invalidArgument } from './failures.js';
import { machineId } from '../message/new-entity.js';
import { checkMembers } from './members.js';
import { vmOptions } from './options.js';
import { assignCategories, checkedCategories, checkedProjectOf, checkSubnets } from './references.js';

/** PUT vms/{extId}: the whole VM is replaced; a device that is left out is removed (reference v4 3.7). */
export function updateVm(world: V4World, call: V4Call): Answer {
  const body = requestBody(world, call, vmBody);
  checkMembers(world, call, body);
  return changeOfVm(world, call, {
    operation: 'UpdateVm',
    run: (vm) => update(world, call, vm, body),
  });
}

function update(world: V4World, call: V4Call, vm: VmRecord, body: VmBody): void {
  checkUnchangeable(vm, body);
  const project = checkedProjectOf(world, body);
  const pairs = checkedCategories(world, body.categories ?? []);
  const options = overExisting(vmOptions(body), vm.config);
  checkSubnets(world, 'UpdateVm', vm.clusterUuid, options.nics);
  checkCustomization(world, options);
  changeVm(world, vm, options, machineId);
  vm.name = body.name ?? '';
  vm.description = body.description;
  assignCategories(vm, pairs);
  // Versions before 4.1 know no projects, so that their clients cannot say them.
  if (call.version.minor >= 1) vm.projectUuid = project;
}

/** Power and place have calls of their own. */
function checkUnchangeable(vm: VmRecord, { powerState, cluster }: VmBody): void {
  if (powerState !== undefined && powerState !== vm.power) {
    throw invalidArgument(
      'The power state of a VM cannot be updated. Please use the VM power action endpoints instead.',
    );
  }
  if (cluster !== undefined && cluster.extId !== vm.clusterUuid) {
    throw invalidArgument('The cluster of a VM cannot be updated.');
  }
}

/** What a GET does not show, so that a client that sends its body back cannot mean to change it. */
function overExisting(options: VmOptions, before: VmConfig): VmOptions {
  return {
    ...options,
    disks: options.disks.map((disk) => overDisk(disk, before)),
    customization: options.customization ?? before.customization,
    machineType: options.machineType ?? before.machineType,
    extras: before.extras,
  };
}

/** A disk grows by a body without its source; it stays what it was made from. */
export function overDisk(options: DiskOptions, { disks }: VmConfig): DiskOptions {
  const before = disks.find(({ uuid }) => uuid === options.uuid);
  if (before === undefined) return options;
  const { source = before.source, storage = before.storage, type = before.type } = options;
  return { ...options, source, storage, type, extras: before.extras };
}
