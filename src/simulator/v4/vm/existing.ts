import type { VmRecord } from '../../core/store/vm-record.js';
import { param } from '../../http/route.js';
import { found } from '../message/error.js';
import type { V4Call } from '../route.js';
import type { V4World } from '../world.js';

/** The VM that the path names. Throws what one is answered with that is not there, or not made yet. */
export function existingVm(world: V4World, call: V4Call, parameter = 'extId'): VmRecord {
  const extId = param(call, parameter);
  const vm = world.store.vms.get(extId.toLowerCase());
  return found(vm?.made === true ? vm : undefined, {
    namespace: 'vmm',
    code: 'VMM-30100',
    group: 'VM_NOT_FOUND',
    message: `Failed to perform the operation as the VM with UUID '${extId}' was not found.`,
    arguments: { vm_uuid: extId },
  });
}

/**
 * The VM's ETag: it changes with all that a client or the server itself changes. Addresses that are merely seen do not
 * count here, although they may on a real server: else no client could act on a VM that is just booting.
 */
export function tagOf(world: V4World, vm: VmRecord): string {
  const { name, description, categories, projectUuid, owner, revision, power, hostUuid, config } = vm;
  const content = { name, description, categories, projectUuid, owner, revision, power, hostUuid, config };
  return world.tags.of(vm.uuid, content);
}
