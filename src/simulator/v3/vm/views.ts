import { shownState, type VmRecord } from '../../core/store/vm-record.js';
import type { World } from '../../core/world.js';
import { accepted, type Answer } from '../../http/route.js';
import { fieldsOf, without } from '../fields.js';
import {
  clusterReference,
  metadataView,
  referenceTo,
  SPEC_HASH,
  statusExtras,
  ownerReference,
  singleValues,
} from '../references.js';
import { entityVersionOf } from './checks.js';
import type { DiskView, NicView } from './resources.js';
import { vmResources } from './spec.js';

type Json = Record<string, unknown>;

/** Body of GET vms/{uuid}. */
export function vmView(world: World, vm: VmRecord): unknown {
  if (!vm.made) return unmadeView(world, vm);
  const resources = vmResources(vm.config);
  const spec = specView(world, vm, resources);
  return {
    metadata: vmMetadata(world, vm),
    spec,
    status: statusView(world, vm, {
      ...resources,
      vtpm_config: { ...fieldsOf(resources['vtpm_config']), version: '' },
      disk_list: resources.disk_list.map((disk) => ({ ...disk, is_migration_in_progress: false })),
      nic_list: resources.nic_list.map((nic) => withLearned(vm, nic)),
    }),
    api_version: '3.1',
  };
}

/** An entity of vms/list: the same VM through another view of the real server, with small differences. */
export function vmListView(world: World, vm: VmRecord): unknown {
  const resources = without(vmResources(vm.config), 'apc_config', 'vtpm_config');
  const nics = resources.nic_list.map((nic) => without(nic, 'num_queues'));
  const disks = resources.disk_list.map(withFlashMode);
  return {
    status: statusView(world, vm, {
      ...resources,
      storage_config: {},
      disk_list: disks.map((disk) => ({
        ...disk,
        is_encryption_in_progress: false,
        is_migration_in_progress: false,
      })),
      nic_list: nics.map((nic) => withLearned(vm, nic)),
    }),
    metadata: { ...vmMetadata(world, vm), spec_hash: SPEC_HASH },
    spec: specView(world, vm, { ...resources, disk_list: disks, nic_list: nics }),
  };
}

/** What GET and list say of identity and bookkeeping. No answer of 5.10 was seen with an `entity_version`. */
function vmMetadata(world: World, vm: VmRecord): Json {
  const version = world.version.judgesInTask ? { entity_version: entityVersionOf(vm) } : {};
  return { ...metadataView(world, 'vm', vm), ...version };
}

function specView(world: World, vm: VmRecord, resources: object): Json {
  return {
    name: vm.name,
    ...(vm.description === undefined ? {} : { description: vm.description }),
    resources,
    cluster_reference: clusterReference(world, vm.clusterUuid),
  };
}

function statusView(world: World, vm: VmRecord, resources: Json): Json {
  const host = vm.hostUuid;
  return {
    name: vm.name,
    ...(vm.description === undefined ? {} : { description: vm.description }),
    state: shownState(vm),
    resources: {
      ...resources,
      generation_uuid: vm.generationUuid,
      bios_uuid: vm.uuid,
      hypervisor_type: 'AHV',
      protection_type: 'UNPROTECTED',
      power_state: vm.power,
      ...(vm.power === 'ON' && host !== undefined
        ? { host_reference: referenceTo('host', host, world.store.hosts.get(host)) }
        : {}),
    },
    cluster_reference: clusterReference(world, vm.clusterUuid),
    ...statusExtras(vm),
  };
}

/** While a VM is being made, or after that failed on an old version: what was asked, and how it goes. */
function unmadeView(world: World, vm: VmRecord): unknown {
  return {
    api_version: '3.1',
    metadata: vmMetadata(world, vm),
    spec: vm.requested ?? { name: vm.name, resources: {} },
    status: { name: vm.name, state: vm.state, ...statusExtras(vm) },
  };
}

/** Addresses seen on the wire follow the assigned ones, in status only. */
function withLearned(vm: VmRecord, nic: NicView): Json {
  const learned = (vm.learned[nic.uuid] ?? []).map((ip) => ({ ip, type: 'LEARNED' }));
  return { ...nic, ip_endpoint_list: [...nic.ip_endpoint_list, ...learned] };
}

function withFlashMode(disk: DiskView): DiskView {
  if (disk.storage_config === undefined) return disk;
  return { ...disk, storage_config: { flash_mode: 'DISABLED', ...disk.storage_config } };
}

/**
 * 202 of a create or an update: the request's spec comes back as it was sent, and `task_uuid` is a string. Of the
 * metadata that was sent nothing is repeated: `spec_version` is 0 whatever it is (recorded from pc.2024.3).
 */
export function acceptedIntent(
  world: World,
  vm: VmRecord,
  { spec, task, mapped = vm.usesCategoriesMapping }: { spec: unknown; task: string; mapped?: boolean },
): Answer {
  return accepted({
    metadata: {
      use_categories_mapping: mapped,
      kind: 'vm',
      spec_version: 0,
      uuid: vm.uuid,
      ...(world.version.judgesInTask ? {} : ownership(world, vm)),
    },
    api_version: '3.1',
    spec,
    status: { state: 'PENDING', execution_context: { task_uuid: task } },
  });
}

function ownership(world: World, vm: VmRecord): Record<string, unknown> {
  const project = vm.projectUuid;
  return {
    ...(project === undefined
      ? {}
      : { project_reference: referenceTo('project', project, world.store.projects.get(project)) }),
    owner_reference: ownerReference(vm),
    categories: singleValues(vm.categories),
  };
}
