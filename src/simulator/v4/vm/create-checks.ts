import { isFrom } from '../../core/pc-version.js';
import type { DiskOptions, VmOptions } from '../../core/vm/options.js';
import type { V4World } from '../world.js';
import type { VmBody } from './bodies.js';
import {
  clusterNotRegistered,
  imageNotFound,
  invalidArgument,
  referenceNotFound,
  tooFewCores,
} from './failures.js';

/** The cluster that a new VM goes to; from pc.7.5 on the server chooses one when none is named (reference v4 3.1). */
export function targetCluster(world: V4World, { cluster, nics = [] }: VmBody): string {
  const { clusters, subnets } = world.store;
  if (cluster !== undefined) {
    if (clusters.get(cluster.extId)?.service === 'AOS') return cluster.extId;
    throw clusterNotRegistered(cluster.extId);
  }
  if (!isFrom(world.version, 'pc.7.5')) throw clusterNotRegistered(undefined);
  const [nic] = nics;
  const subnet = (nic?.nicNetworkInfo ?? nic?.networkInfo)?.subnet?.extId;
  const ofSubnet = subnets.get(subnet ?? '')?.clusterUuid;
  const chosen = ofSubnet ?? clusters.find(({ service }) => service === 'AOS')?.uuid;
  if (chosen === undefined) throw clusterNotRegistered(undefined);
  return chosen;
}

/** No host has as many cores: judged before anything else of the hardware, without a VM's id (recorded-v4 D2). */
export function checkSize(world: V4World, operation: string, clusterUuid: string, options: VmOptions): void {
  const { sockets = 1, coresPerSocket = 1, machineType, setup } = options;
  const cores = sockets * coresPerSocket;
  const hosts = world.store.hosts.toArray().filter((host) => host.clusterUuid === clusterUuid);
  if (cores > Math.max(...hosts.map((host) => host.cores))) throw tooFewCores(operation, cores);
  if (setup.boot?.firmware === 'SECURE_BOOT' && machineType !== 'Q35') {
    throw invalidArgument('Secure boot needs the machine type Q35.');
  }
}

/** From pc.7.3 on user data has to be a cloud-config, nothing else that cloud-init knows (reference v4 3.1). */
export function checkCustomization(
  world: V4World,
  { customization }: Pick<VmOptions, 'customization'>,
): void {
  const userData = customization?.cloudInit?.userData;
  if (userData === undefined || !isFrom(world.version, 'pc.7.3')) return;
  if (Buffer.from(userData, 'base64').toString('utf8').startsWith('#cloud-config')) return;
  throw invalidArgument('User data for cloud-init must start with #cloud-config.');
}

/** A disk is as large as the image or the disk that it is made from when less was asked for (recorded-v4 A1). */
export function withRealSizes(world: V4World, vmUuid: string, disks: readonly DiskOptions[]): DiskOptions[] {
  return disks.map((disk) => {
    const least = sourceBytes(world, vmUuid, disk);
    if (least === undefined) return disk;
    return { ...disk, sizeBytes: Math.max(least, disk.sizeBytes ?? 0) };
  });
}

function sourceBytes(world: V4World, vmUuid: string, { source }: DiskOptions): number | undefined {
  const uuid = source?.uuid ?? '';
  if (source?.kind === 'image') {
    const image = world.store.images.get(uuid);
    if (image?.sizeBytes === undefined) throw imageNotFound(vmUuid, uuid);
    return image.sizeBytes;
  }
  if (source?.kind !== 'vm_disk') return undefined;
  for (const vm of world.store.vms) {
    const disk = vm.config.disks.find((one) => one.uuid === uuid);
    if (disk !== undefined) return disk.sizeBytes;
  }
  throw referenceNotFound('disk', uuid);
}
