import { randomUUID } from 'node:crypto';
import { accepted, param, type Answer, type Call } from '../../http/route.js';
import type { DiskInput, NicInput, VmIntentInput } from './bodies.js';
import type { VmRecord } from '../../core/store/vm-record.js';
import { without } from '../fields.js';
import type { V3World } from '../world.js';
import { existingVm } from './checks.js';
import { newVm, startCreate } from './create.js';
import { vmResources } from './spec.js';

/** POST vms/{uuid}/clone: a flat `{"task_uuid"}`; the new UUID is in the task. The clone is off. */
export function cloneVm(world: V3World, call: Call): Answer {
  const source = existingVm(world, param(call, 'uuid'));
  const { override_spec: override = {}, metadata } = world.validator.check('vm_clone_input', call.body, 'vm');
  const given = vmResources(source.config);
  const { name = `${source.name}-clone`, nic_list: nics, ...resources } = override;
  const input: VmIntentInput = {
    metadata: { kind: 'vm', ...(metadata?.uuid === undefined ? {} : { uuid: metadata.uuid }) },
    spec: {
      name,
      ...(source.description === undefined ? {} : { description: source.description }),
      cluster_reference: { kind: 'cluster', uuid: source.clusterUuid },
      resources: {
        ...given,
        ...resources,
        power_state: 'OFF',
        disk_list: given.disk_list.filter(isNoSeed(source)).filter(isOwnDisk).map(copiedDisk),
        nic_list: nics ?? given.nic_list.map(copiedNic),
        parent_reference: { kind: 'vm', uuid: source.uuid, name: source.name },
      },
    },
  };
  const vm = newVm(
    world,
    { ...input, metadata: { ...input.metadata, uuid: metadata?.uuid ?? randomUUID() } },
    call,
  );
  world.store.vms.put(vm);
  return accepted({ task_uuid: startCreate(world, vm, input, call) });
}

/** The clone gets a cloud-init drive of its own. */
function isNoSeed(source: VmRecord): (disk: DiskInput) => boolean {
  const hasSeed = source.config.customization !== undefined;
  return (disk) =>
    !(hasSeed && disk.device_properties?.device_type === 'CDROM' && disk.data_source_reference === undefined);
}

/** A volume group stays with the VM that has it. */
function isOwnDisk({ volume_group_reference: group }: DiskInput): boolean {
  return group === undefined;
}

function copiedDisk(disk: DiskInput): DiskInput {
  return without(disk, 'uuid');
}

function copiedNic(nic: NicInput): NicInput {
  return without(nic, 'uuid', 'mac_address', 'ip_endpoint_list');
}
