import type { GroupRecoveryPoint, VolumeDisk, VolumeGroupRecord } from '../store/volume-records.js';
import type { World } from '../world.js';

/**
 * What disks hold is kept by the guests' side, by UUID; the records here only say where it came from. Of a disk that was
 * made of a VM's, nothing is known: it stays blank.
 */
type Kept = Pick<World, 'guests'>;

/** New disks get the content that they were made of. */
export async function fillDisks({ guests }: Kept, disks: readonly VolumeDisk[]): Promise<void> {
  for (const { uuid, source } of disks) {
    if (source.type !== 'VOLUME_DISK' && source.type !== 'DISK_RECOVERY_POINT') continue;
    await guests.contents?.copy(source.uuid, uuid);
  }
}

/** A recovery point gets the content of the disks at this moment. */
export async function keepContents({ guests }: Kept, points: readonly GroupRecoveryPoint[]): Promise<void> {
  for (const { uuid, disk } of points.flatMap(({ disks }) => disks)) {
    await guests.contents?.copy(disk.uuid, uuid);
  }
}

/** Disks get the content back that a recovery point of their group has; `before`: the group's disks until now. */
export async function revertContents(
  { guests }: Kept,
  point: GroupRecoveryPoint,
  before: readonly VolumeDisk[],
): Promise<void> {
  for (const { uuid, disk } of point.disks) await guests.contents?.copy(uuid, disk.uuid);
  const stay = new Set(point.disks.map(({ disk }) => disk.uuid));
  await guests.contents?.remove(before.map(({ uuid }) => uuid).filter((uuid) => !stay.has(uuid)));
}

export async function dropContents({ guests }: Kept, disks: VolumeGroupRecord['disks']): Promise<void> {
  await guests.contents?.remove(disks.map(({ uuid }) => uuid));
}

export async function dropPoints({ guests }: Kept, points: readonly GroupRecoveryPoint[]): Promise<void> {
  await guests.contents?.remove(points.flatMap(({ disks }) => disks.map(({ uuid }) => uuid)));
}
