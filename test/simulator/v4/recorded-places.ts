import { z } from 'zod';
import type { Inventory } from '../../../src/simulator/index.js';
import { exchange } from './recordings.js';

const address = z.object({ ipv4: z.object({ value: z.string() }).optional() });
const clusters = z.array(
  z.object({
    extId: z.string(),
    name: z.string(),
    nodes: z.object({ nodeList: z.array(z.object({ nodeUuid: z.string(), hostIp: address.optional() })) }),
    config: z.object({
      clusterFunction: z.tuple([z.enum(['AOS', 'PRISM_CENTRAL'])]),
      buildInfo: z.object({ version: z.string(), fullVersion: z.string() }),
    }),
    network: z.object({ externalAddress: address, externalDataServiceIp: address.optional() }),
  }),
);
const hosts = z.array(
  z.object({
    extId: z.string(),
    hostName: z.string(),
    cluster: z.object({ uuid: z.string() }),
    hypervisor: z.object({ externalAddress: address }),
    numberOfCpuCores: z.number(),
    numberOfCpuSockets: z.number(),
    memorySizeBytes: z.number(),
  }),
);
const containers = z.array(
  z.object({
    containerExtId: z.string(),
    name: z.string(),
    clusterExtId: z.string(),
    maxCapacityBytes: z.number(),
  }),
);

function listed(name: string): unknown {
  return z.object({ data: z.unknown() }).parse(exchange(`other/${name}`).response.body).data;
}

/** Clusters, hosts and storage containers of the Prism Central whose lists were recorded (pc.2024.3.1.1). */
export function recordedPlaces(): Pick<Inventory, 'clusters' | 'hosts' | 'containers'> {
  return {
    clusters: clusters.parse(listed('clustermgmt-list-clusters')).map((cluster) => ({
      uuid: cluster.extId,
      name: cluster.name,
      service: cluster.config.clusterFunction[0],
      version: /-(\d[\d.]*)-stable/.exec(cluster.config.buildInfo.fullVersion)?.[1] ?? '',
      externalAddress: cluster.network.externalAddress.ipv4?.value ?? '192.168.1.150',
      dataServicesAddress: cluster.network.externalDataServiceIp?.ipv4?.value,
    })),
    hosts: hosts.parse(listed('clustermgmt-list-hosts')).map((host) => ({
      uuid: host.extId,
      name: host.hostName,
      clusterUuid: host.cluster.uuid,
      address: host.hypervisor.externalAddress.ipv4?.value ?? '',
      sockets: host.numberOfCpuSockets,
      cores: host.numberOfCpuCores,
      memoryMiB: host.memorySizeBytes / 2 ** 20,
      gpus: [],
    })),
    containers: containers.parse(listed('clustermgmt-list-storage-containers')).map((container) => ({
      uuid: container.containerExtId,
      name: container.name,
      clusterUuid: container.clusterExtId,
      capacityBytes: container.maxCapacityBytes,
    })),
  };
}
