import { randomUUID } from 'node:crypto';
import { Refusal } from '../refusal.js';
import type { EntityRecord } from '../store/entity.js';
import type { Store } from '../store/store.js';
import type { GroupRecoveryPoint, RecoveryPointRecord, VolumeGroupRecord } from '../store/volume-records.js';
import { checkDetached } from './attachments.js';
import { targetNameOf } from './iscsi.js';
import { broken, existing } from './refusals.js';

/** What all groups of one recovery point have in common. */
export type NewRecoveryPoint = Omit<RecoveryPointRecord, 'groups'>;

/** Keeps groups as they are at this moment, all of them at the same one. Throws a Refusal. */
export function takeRecoveryPoint(
  store: Store,
  point: NewRecoveryPoint,
  groupUuids: readonly string[],
): RecoveryPointRecord {
  const groups = groupUuids.map((uuid) => existing(store.volumeGroups, 'volume_group', uuid));
  const record = { ...point, groups: groups.map(groupAsItIs) };
  store.recoveryPoints.put(record);
  return record;
}

function groupAsItIs(group: VolumeGroupRecord): GroupRecoveryPoint {
  const copy = structuredClone(group);
  return {
    uuid: randomUUID(),
    group: copy,
    disks: copy.disks.map((disk) => ({ uuid: randomUUID(), disk })),
  };
}

/** A part of a recovery point, with the whole. */
export interface FoundRecoveryPoint {
  readonly record: RecoveryPointRecord;
  readonly point: GroupRecoveryPoint;
}

/** The recovery point of one group, by its own id. Throws the Refusal of one that is not there. */
export function groupRecoveryPoint(store: Store, uuid: string): FoundRecoveryPoint {
  for (const record of store.recoveryPoints) {
    const point = record.groups.find((one) => one.uuid === uuid);
    if (point !== undefined) return { record, point };
  }
  throw Refusal.notFound('volume_group_recovery_point', uuid);
}

/** A new group with copies of the disks; it is attached to nothing. It is not in the store yet. */
export function restoredGroup(
  { group, disks }: GroupRecoveryPoint,
  entity: Pick<EntityRecord, 'uuid' | 'name' | 'owner' | 'createdAt' | 'updatedAt'>,
): VolumeGroupRecord {
  return {
    ...structuredClone(group),
    ...entity,
    revision: 0,
    targetName: targetNameOf(entity, {}),
    clientUuids: [],
    disks: disks.map(({ uuid, disk }) => ({
      ...structuredClone(disk),
      uuid: randomUUID(),
      source: { type: 'DISK_RECOVERY_POINT', uuid },
    })),
  };
}

/** Puts a group's disks back to what they were at that point; those made since are gone. Throws a Refusal. */
export function revertGroup(store: Store, group: VolumeGroupRecord, pointUuid: string): GroupRecoveryPoint {
  const { point } = groupRecoveryPoint(store, pointUuid);
  if (point.group.uuid !== group.uuid) {
    const message = `Recovery point ${pointUuid} is not one of volume group ${group.name} (${group.uuid}).`;
    throw broken('INVALID_ARGUMENT', message);
  }
  checkDetached(store, group, 'reverted');
  group.disks = point.disks.map(({ disk }) => structuredClone(disk));
  return point;
}
