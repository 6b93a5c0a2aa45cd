import type { Attributes } from '../listing/filter.js';
import type { VmRecord } from '../../core/store/vm-record.js';
import type { World } from '../../core/world.js';

/**
 * What VMs may be filtered and sorted by, in lists and in groups: attributes of the database behind both, in the
 * spelling that public clients use. Power is `on` or `off` there, in small letters.
 */
export function vmAttributes(world: World): Attributes<VmRecord> {
  const { clusters, hosts, projects } = world.store;
  return {
    vm_name: (vm) => [vm.name],
    power_state: (vm) => [vm.power.toLowerCase()],
    cluster: (vm) => [vm.clusterUuid],
    cluster_uuid: (vm) => [vm.clusterUuid],
    cluster_name: (vm) => nameOf(clusters.get(vm.clusterUuid)),
    node: (vm) => hostOf(vm),
    node_name: (vm) => hostOf(vm).flatMap((uuid) => nameOf(hosts.get(uuid))),
    ip_addresses: addressesOf,
    num_vcpus: (vm) => [String(vm.config.sockets * vm.config.coresPerSocket)],
    memory_size_bytes: (vm) => [String(vm.config.memoryMiB * 2 ** 20)],
    project_reference: (vm) => (vm.projectUuid === undefined ? [] : [vm.projectUuid]),
    project_name: (vm) => nameOf(projects.get(vm.projectUuid ?? '')),
    owner_username: (vm) => (vm.owner.name === undefined ? [] : [vm.owner.name]),
    category_name: (vm) => Object.keys(vm.categories),
    category_value: (vm) => Object.values(vm.categories).flat(),
    // No controller VM and no VM of another cloud is among them.
    is_cvm: () => ['0'],
    vm_type: () => ['kGuestVM'],
    platform_type: () => [],
  };
}

function hostOf(vm: VmRecord): string[] {
  return vm.power === 'ON' && vm.hostUuid !== undefined ? [vm.hostUuid] : [];
}

function addressesOf({ config, learned }: VmRecord): string[] {
  const all = config.nics.flatMap(({ uuid, address }) => [
    ...(address === undefined ? [] : [address]),
    ...(learned[uuid] ?? []),
  ]);
  return [...new Set(all)];
}

function nameOf(record: { readonly name: string } | undefined): string[] {
  return record === undefined ? [] : [record.name];
}
