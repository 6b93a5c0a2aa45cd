import { poolUsage } from '../core/ipam.js';
import type { ClusterRecord, HostRecord, SubnetRecord } from '../core/store/records.js';
import type { World } from '../core/world.js';
import type { ClusterCard, HostRow, SubnetRow } from './view-shape.js';

interface Load {
  vms: number;
  memoryMiB: number;
}

/** Clusters with their hosts, and what the VMs take of them. */
export function clusterCards(world: World): ClusterCard[] {
  const loads = loadsByPlace(world);
  const loadOf = (uuid: string): Load => loads.get(uuid) ?? { vms: 0, memoryMiB: 0 };
  const hosts = world.store.hosts.toArray();
  return world.store.clusters.toArray().map((cluster: ClusterRecord) => ({
    uuid: cluster.uuid,
    name: cluster.name,
    service: cluster.service,
    version: cluster.version,
    address: cluster.externalAddress,
    vms: loadOf(cluster.uuid).vms,
    hosts: hosts
      .filter(({ clusterUuid }) => clusterUuid === cluster.uuid)
      .map((host) => hostRow(host, loadOf(host.uuid))),
  }));
}

export function subnetRows(world: World): SubnetRow[] {
  return world.store.subnets.toArray().map((subnet) => ({
    uuid: subnet.uuid,
    name: subnet.name,
    type: subnet.type,
    cluster: subnet.clusterUuid === undefined ? undefined : clusterName(world, subnet.clusterUuid),
    network: networkOf(subnet),
    addresses: poolUsage(subnet).reduce((sum, { total }) => sum + total, 0),
    used: Object.keys(subnet.reservations).length,
  }));
}

/** By UUID of a cluster, all VMs there; by UUID of a host, those that run on it. */
function loadsByPlace(world: World): Map<string, Load> {
  const loads = new Map<string, Load>();
  const add = (place: string, memoryMiB: number): void => {
    const load = loads.get(place) ?? { vms: 0, memoryMiB: 0 };
    loads.set(place, { vms: load.vms + 1, memoryMiB: load.memoryMiB + memoryMiB });
  };
  for (const { clusterUuid, hostUuid, power, config } of world.store.vms) {
    add(clusterUuid, config.memoryMiB);
    if (hostUuid !== undefined && power === 'ON') add(hostUuid, config.memoryMiB);
  }
  return loads;
}

function hostRow(host: HostRecord, load: Load): HostRow {
  return {
    uuid: host.uuid,
    name: host.name,
    address: host.address,
    cores: host.cores,
    memoryMiB: host.memoryMiB,
    usedMemoryMiB: load.memoryMiB,
    vms: load.vms,
    gpus: host.gpus.length,
    usedGpus: host.gpus.filter(({ vmUuid }) => vmUuid !== undefined).length,
  };
}

function clusterName(world: World, uuid: string): string {
  return world.store.clusters.get(uuid)?.name ?? uuid;
}

function networkOf({ network }: SubnetRecord): string | undefined {
  if (network?.address === undefined) return undefined;
  return `${network.address}/${String(network.prefixLength ?? 32)}`;
}
