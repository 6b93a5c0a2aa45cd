import { randomUUID } from 'node:crypto';
import type { Asked } from '../store/entity.js';
import type { Store } from '../store/store.js';
import type {
  GroupRecoveryPoint,
  VolumeDisk,
  VolumeDiskSource,
  VolumeGroupRecord,
} from '../store/volume-records.js';
import { broken, existing } from './refusals.js';

export type VolumeDiskOptions = Asked<Omit<VolumeDisk, 'uuid' | 'containerUuid'>>;
/** The index is accepted only when it is the one that the disk has. */
export type VolumeDiskChange = Omit<VolumeDiskOptions, 'source'>;

/** What a disk is made of, besides what its own request says. */
interface Content {
  readonly containerUuid: string;
  /** undefined = nothing is there yet. */
  readonly sizeBytes: number | undefined;
}

/**
 * Adds a disk at its index, or at the first free one. `newId` makes its id. Throws a Refusal; nothing has changed then.
 */
export function addDisk(
  store: Store,
  group: VolumeGroupRecord,
  options: VolumeDiskOptions,
  newId: () => string = randomUUID,
): VolumeDisk {
  const { description, flashMode = group.flashMode } = options;
  const source = sourceOf(options);
  const content = contentOf(store, group, source);
  const disk: VolumeDisk = {
    uuid: newId(),
    index: freeIndex(group, options.index),
    sizeBytes: sizeOf(options.sizeBytes, content.sizeBytes),
    containerUuid: content.containerUuid,
    description,
    flashMode,
    source,
  };
  checkRoom(store, disk);
  group.disks.push(disk);
  group.disks.sort((a, b) => a.index - b.index);
  return disk;
}

/** Every disk has to say what it is made of. Throws a Refusal. */
export function checkDataSources(all: readonly VolumeDiskOptions[]): void {
  all.forEach(sourceOf);
}

function sourceOf({ source }: VolumeDiskOptions): VolumeDiskSource {
  if (source !== undefined) return source;
  throw broken('VOLUME_DISK_DATA_SOURCE_MISSING', 'DiskDataSourceReference cannot be empty');
}

/** Changes a disk; it only ever grows. Throws a Refusal; nothing has changed then. */
export function changeDisk(store: Store, disk: VolumeDisk, change: VolumeDiskChange): void {
  const { index = disk.index, sizeBytes = disk.sizeBytes, flashMode = disk.flashMode } = change;
  if (index !== disk.index) {
    throw broken('VOLUME_DISK_INDEX_IMMUTABLE', `The index of volume disk ${disk.uuid} cannot be changed.`);
  }
  if (sizeBytes < disk.sizeBytes) {
    const sizes = `${String(disk.sizeBytes)} to ${String(sizeBytes)} bytes`;
    throw broken('VOLUME_DISK_SIZE_INVALID', `Volume disk ${disk.uuid} cannot shrink from ${sizes}.`);
  }
  checkRoom(store, { ...disk, sizeBytes });
  Object.assign(disk, { sizeBytes, flashMode, description: change.description });
}

export function removeDisk(group: VolumeGroupRecord, diskUuid: string): void {
  diskOf(group, diskUuid);
  group.disks = group.disks.filter(({ uuid }) => uuid !== diskUuid);
}

/** The disk of that id. Throws the Refusal of one that is not there. */
export function diskOf(group: VolumeGroupRecord, diskUuid: string): VolumeDisk {
  const byUuid = { get: (id: string) => group.disks.find(({ uuid }) => uuid === id) };
  return existing(byUuid, 'volume_disk', diskUuid);
}

function contentOf(store: Store, group: VolumeGroupRecord, { type, uuid }: VolumeDiskSource): Content {
  switch (type) {
    case 'STORAGE_CONTAINER': {
      const container = existing(store.containers, 'storage_container', uuid);
      if (container.clusterUuid !== group.clusterUuid) throw elsewhere(`Storage container ${uuid}`, group);
      return { containerUuid: uuid, sizeBytes: undefined };
    }
    case 'VOLUME_DISK':
      return volumeDiskContent(store, group, uuid);
    case 'VM_DISK':
      return vmDiskContent(store, group, uuid);
    case 'DISK_RECOVERY_POINT':
      return recoveryPointContent(store, group, uuid);
  }
}

function volumeDiskContent(store: Store, group: VolumeGroupRecord, uuid: string): Content {
  const owner = store.volumeGroups.find(({ disks }) => disks.some((disk) => disk.uuid === uuid));
  const disk = existing({ get: () => owner?.disks.find((one) => one.uuid === uuid) }, 'volume_disk', uuid);
  if (owner?.clusterUuid !== group.clusterUuid) throw elsewhere(`Volume disk ${uuid}`, group);
  return disk;
}

function vmDiskContent(store: Store, group: VolumeGroupRecord, uuid: string): Content {
  const owner = store.vms.find(({ config }) => config.disks.some((disk) => disk.uuid === uuid));
  const own = owner?.config.disks.find((one) => one.uuid === uuid && one.volumeGroupUuid === undefined);
  const { storage, sizeBytes = 0 } = existing({ get: () => own }, 'vm_disk', uuid);
  if (owner?.clusterUuid !== group.clusterUuid) throw elsewhere(`VM disk ${uuid}`, group);
  const here = store.containers.find(({ clusterUuid }) => clusterUuid === group.clusterUuid);
  return { containerUuid: storage?.container?.uuid ?? here?.uuid ?? '', sizeBytes };
}

function recoveryPointContent(store: Store, group: VolumeGroupRecord, uuid: string): Content {
  const points = [...store.recoveryPoints].flatMap(({ groups }) => groups);
  const owner = points.find(({ disks }) => disks.some((disk) => disk.uuid === uuid));
  const { disk } = existing({ get: () => diskPoint(owner, uuid) }, 'disk_recovery_point', uuid);
  if (owner?.group.clusterUuid !== group.clusterUuid) throw elsewhere(`Disk recovery point ${uuid}`, group);
  return disk;
}

function diskPoint(
  owner: GroupRecoveryPoint | undefined,
  uuid: string,
): GroupRecoveryPoint['disks'][number] | undefined {
  return owner?.disks.find((one) => one.uuid === uuid);
}

function elsewhere(what: string, { clusterUuid, name }: VolumeGroupRecord): Error {
  const message = `${what} is not on cluster ${clusterUuid} of volume group ${name}.`;
  return broken('VOLUME_GROUP_CLUSTER_MISMATCH', message);
}

/** A copy is as large as what it is made of, or larger. */
function sizeOf(wanted: number | undefined, content: number | undefined): number {
  const bytes = wanted ?? content;
  if (bytes === undefined) {
    throw broken('VOLUME_DISK_SIZE_INVALID', 'diskSizeBytes is needed for a disk on a storage container.');
  }
  if (content !== undefined && bytes < content) {
    const message = `A copy of ${String(content)} bytes does not fit into ${String(bytes)}.`;
    throw broken('VOLUME_DISK_SIZE_INVALID', message);
  }
  return bytes;
}

function freeIndex({ disks, name }: VolumeGroupRecord, wanted: number | undefined): number {
  const taken = new Set(disks.map(({ index }) => index));
  if (wanted === undefined) {
    let free = 0;
    while (taken.has(free)) free += 1;
    return free;
  }
  if (!taken.has(wanted)) return wanted;
  const message = `Volume group ${name} has a disk with index ${String(wanted)} already.`;
  throw broken('VOLUME_DISK_INDEX_IN_USE', message);
}

/** Disks are thin: what they may hold together is not added up, but none may be larger than its container. */
function checkRoom(store: Store, { containerUuid, sizeBytes }: VolumeDisk): void {
  const { name, capacityBytes } = existing(store.containers, 'storage_container', containerUuid);
  if (sizeBytes <= capacityBytes) return;
  const message = `Storage container ${name} has ${String(capacityBytes)} bytes, fewer than ${String(sizeBytes)}.`;
  throw broken('STORAGE_CONTAINER_FULL', message);
}
