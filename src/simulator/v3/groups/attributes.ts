import type { Attributes } from '../listing/filter.js';
import type { ClusterRecord, ContainerRecord, HostRecord } from '../../core/store/records.js';
import type { World } from '../../core/world.js';

/** Attributes of storage containers in POST groups. Sizes in bytes. */
export const CONTAINER_ATTRIBUTES: Attributes<ContainerRecord> = {
  container_name: (container) => [container.name],
  cluster: (container) => [container.clusterUuid],
  'storage.user_capacity_bytes': (container) => [String(container.capacityBytes)],
  'storage.user_free_bytes': (container) => [String(container.freeBytes)],
};

/** Attributes of clusters in POST groups; Prism Central itself is one of them. */
export function clusterAttributes(world: World): Attributes<ClusterRecord> {
  const { hosts, vms } = world.store;
  return {
    name: (cluster) => [cluster.name],
    cluster_name: (cluster) => [cluster.name],
    version: (cluster) => [cluster.version],
    service_list: (cluster) => [cluster.service],
    is_available: () => ['1'],
    external_ip_address: (cluster) => [cluster.externalAddress],
    num_nodes: (cluster) => [countOf(hosts, cluster)],
    num_vms: (cluster) => [countOf(vms, cluster)],
    hypervisor_types: (cluster) => (cluster.service === 'AOS' ? ['AHV'] : []),
    timezone: () => ['UTC'],
    redundancy_factor: () => ['2'],
    cluster_arch: () => ['X86_64'],
    // A condition that the console sends with every query of clusters.
    include_pc: () => ['true'],
  };
}

/** Attributes of hosts in POST groups. Memory in bytes. */
export function hostAttributes(world: World): Attributes<HostRecord> {
  const { clusters, vms } = world.store;
  return {
    node_name: (host) => [host.name],
    cluster: (host) => [host.clusterUuid],
    cluster_name: (host) => [clusters.get(host.clusterUuid)?.name ?? ''],
    num_vms: (host) => [String(vms.toArray().filter((vm) => vm.hostUuid === host.uuid).length)],
    num_cpu_sockets: (host) => [String(host.sockets)],
    num_cpu_cores: (host) => [String(host.cores)],
    memory_size_bytes: (host) => [String(host.memoryMiB * 2 ** 20)],
  };
}

function countOf(records: Iterable<{ readonly clusterUuid: string }>, { uuid }: ClusterRecord): string {
  return String([...records].filter(({ clusterUuid }) => clusterUuid === uuid).length);
}
