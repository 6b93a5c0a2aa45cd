import type { HostRecord } from '../../core/store/records.js';
import { ipAddress } from '../message/address.js';
import { typed } from '../message/typed.js';
import type { V4World } from '../world.js';
import { controllerAddress, derivedUuid } from './nodes.js';

type Fields = Record<string, unknown>;

const BLOCK_SERIAL = '00AA0A000000';
const DISKS_OF_A_HOST = 6;
const DISK_BYTES = 1_749_557_454_442;
/** How long hosts run when the simulator starts. */
const UP_SINCE_MS = 90 * 24 * 3_600_000;

/** A host. Source: recorded-v4 other/clustermgmt-list-hosts; `gpuList` reference v4 5. */
export function hostView(world: V4World, host: HostRecord): Fields {
  const { served, store } = world;
  return typed(served, 'clustermgmt.v4.config.Host', {
    extId: host.uuid,
    hostName: host.name,
    hostType: 'HYPER_CONVERGED',
    hypervisor: hypervisorOf(world, host),
    cluster: typed(served, 'clustermgmt.v4.config.ClusterReference', {
      name: store.clusters.get(host.clusterUuid)?.name,
      uuid: host.clusterUuid,
    }),
    controllerVm: typed(served, 'clustermgmt.v4.config.ControllerVmReference', {
      externalAddress: ipAddress(served, controllerAddress(world, host)),
      backplaneAddress: ipAddress(served, controllerAddress(world, host)),
      isInMaintenanceMode: false,
    }),
    disk: disksOf(world, host),
    isSecureBooted: false,
    isHardwareVirtualized: false,
    hasCsr: false,
    numberOfCpuCores: host.cores,
    numberOfCpuThreads: 2 * host.cores,
    numberOfCpuSockets: host.sockets,
    cpuFrequencyHz: 2_800_000_000,
    cpuModel: 'Intel(R) Xeon(R) Gold 6342 CPU @ 2.80GHz',
    gpuList: host.gpus.map(({ name }) => name),
    bootTimeUsecs: 1000 * Math.floor(host.createdAt - UP_SINCE_MS),
    memorySizeBytes: host.memoryMiB * 2 ** 20,
    blockSerial: BLOCK_SERIAL,
    blockModel: 'NX-3060-G7',
    maintenanceState: 'normal',
    nodeStatus: 'NORMAL',
    ipmi: typed(served, 'clustermgmt.v4.config.IpmiReference', {
      ip: ipAddress(served, host.address),
      username: 'ADMIN',
    }),
    rackableUnitUuid: derivedUuid(`rackable unit of ${host.clusterUuid}`),
  });
}

function hypervisorOf({ served, store }: V4World, host: HostRecord): Fields {
  return typed(served, 'clustermgmt.v4.config.HypervisorReference', {
    externalAddress: ipAddress(served, host.address),
    userName: 'root',
    fullName: 'AHV 10.0.1',
    type: 'AHV',
    numberOfVms: store.vms.toArray().filter((vm) => vm.hostUuid === host.uuid).length,
    state: 'ACROPOLIS_NORMAL',
    acropolisConnectionState: 'CONNECTED',
  });
}

function disksOf({ served }: V4World, host: HostRecord): Fields[] {
  return Array.from({ length: DISKS_OF_A_HOST }, (_, index) => {
    const uuid = derivedUuid(`disk ${String(index)} of ${host.uuid}`);
    const serialId = `S${uuid.slice(0, 8).toUpperCase()}`;
    return typed(served, 'clustermgmt.v4.config.DiskReference', {
      uuid,
      mountPath: `/home/nutanix/data/stargate-storage/disks/${serialId}`,
      sizeInBytes: DISK_BYTES,
      serialId,
      storageTier: 'SATA_SSD',
    });
  });
}
