import { Refusal } from '../refusal.js';
import type { LooseReference } from '../store/entity.js';
import type { GpuRecord, HostRecord } from '../store/records.js';
import type { VmRecord, WantedGpu } from '../store/vm-record.js';
import type { World } from '../world.js';
import type { VmOptions } from './options.js';

/** Where a new VM shall be. */
interface WantedPlace {
  readonly projectUuid: string | undefined;
  readonly clusterUuid: string;
  readonly nics: VmOptions['nics'];
}

/** A project that lists clusters or subnets takes VMs on these only. Throws a Refusal. */
export function checkProject(world: World, { projectUuid, clusterUuid, nics }: WantedPlace): void {
  const project = world.store.projects.get(projectUuid ?? '');
  if (project === undefined) return;
  if (!allows(project.clusters, clusterUuid)) throw outside('cluster', clusterUuid, project.name);
  for (const { subnetUuid = '' } of nics) {
    if (!allows(project.subnets, subnetUuid)) throw outside('subnet', subnetUuid, project.name);
  }
}

function allows(list: readonly LooseReference[] | undefined, uuid: string): boolean {
  return list === undefined || list.length === 0 || list.some((reference) => reference.uuid === uuid);
}

function outside(entityType: 'cluster' | 'subnet', id: string, project: string): Refusal {
  const message = `${entityType === 'cluster' ? 'Cluster' : 'Subnet'} ${id} is not part of project ${project}`;
  return new Refusal({ code: 'outside-project', entityType, id, project, message });
}

/** Picks the host with the most free memory that has the VM's GPUs free, and takes them. Throws a Refusal. */
export function placeOnHost(world: World, vm: VmRecord): HostRecord {
  const wanted = vm.config.memoryMiB;
  const used = usedMemory(world);
  const candidates = world.store.hosts
    .toArray()
    .filter((host) => host.clusterUuid === vm.clusterUuid)
    .map((host) => ({ host, free: host.memoryMiB - (used.get(host.uuid) ?? 0) }))
    .filter(({ free }) => free >= wanted)
    .sort((a, b) => b.free - a.free);
  for (const { host } of candidates) {
    const gpus = pickGpus(host, vm.config.gpus);
    if (gpus === undefined) continue;
    for (const gpu of gpus) gpu.vmUuid = vm.uuid;
    return host;
  }
  const lacking = candidates.length === 0 ? 'memory' : 'gpus';
  const what = lacking === 'memory' ? `${String(wanted)} MiB of memory` : 'the requested GPUs';
  const message = `no host of the cluster has ${what} free`;
  throw new Refusal({ code: 'no-resources', lacking, message });
}

export function releaseGpus(world: World, vmUuid: string): void {
  for (const host of world.store.hosts) {
    for (const gpu of host.gpus) if (gpu.vmUuid === vmUuid) gpu.vmUuid = undefined;
  }
}

/** MiB in use by host, counted in one pass: there may be thousands of VMs. */
function usedMemory(world: World): Map<string, number> {
  const used = new Map<string, number>();
  for (const { hostUuid, config } of world.store.vms) {
    if (hostUuid === undefined) continue;
    used.set(hostUuid, (used.get(hostUuid) ?? 0) + config.memoryMiB);
  }
  return used;
}

function pickGpus(host: HostRecord, wanted: readonly WantedGpu[]): GpuRecord[] | undefined {
  const picked: GpuRecord[] = [];
  for (const { vendor, mode, deviceId } of wanted) {
    const gpu = host.gpus.find(
      (one) =>
        one.vmUuid === undefined &&
        !picked.includes(one) &&
        one.vendor === vendor &&
        one.mode === mode &&
        one.deviceId === deviceId,
    );
    if (gpu === undefined) return undefined;
    picked.push(gpu);
  }
  return picked;
}
