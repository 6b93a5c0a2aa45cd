import type { GroupRecoveryPoint, RecoveryPointRecord } from '../../core/store/volume-records.js';
import { moment } from '../message/moment.js';
import { typed } from '../message/typed.js';
import type { V4World } from '../world.js';

const CONFIG = 'dataprotection.v4.config';

/** Until when a recovery point is kept that says nothing of it: decades, as in a public answer. */
const FOR_EVER_MS = 68 * 365 * 24 * 60 * 60_000;

/**
 * A recovery point as GET and lists show it. `minor`: of the version that was asked. Source: reference v4 6.6, Nutanix's
 * models, a sample of its clients.
 */
export function recoveryPointView(
  world: V4World,
  minor: number,
  record: RecoveryPointRecord,
): Record<string, unknown> {
  const clusters = [...new Set(record.groups.map(({ group }) => group.clusterUuid))];
  return typed(world.served, `${CONFIG}.RecoveryPoint`, {
    extId: record.uuid,
    locationAgnosticId: record.uuid,
    ...common(record),
    ownerExtId: record.ownerUuid,
    locationReferences: clusters.map((locationExtId) =>
      typed(world.served, `${CONFIG}.LocationReference`, { locationExtId }),
    ),
    volumeGroupRecoveryPoints: record.groups.map((point) => groupPointView(world, minor, record, point)),
  });
}

function groupPointView(
  { served }: V4World,
  minor: number,
  record: RecoveryPointRecord,
  { uuid, group, disks }: GroupRecoveryPoint,
): Record<string, unknown> {
  return typed(served, `${CONFIG}.VolumeGroupRecoveryPoint`, {
    extId: uuid,
    locationAgnosticId: uuid,
    // Nutanix's models of v4.2 do not have them yet.
    ...(minor >= 3 ? common(record) : {}),
    volumeGroupExtId: group.uuid,
    diskRecoveryPoints: disks.map((point) =>
      typed(served, 'dataprotection.v4.common.DiskRecoveryPoint', {
        diskRecoveryPointExtId: point.uuid,
        diskExtId: point.disk.uuid,
      }),
    ),
  });
}

function common({ name, createdAt, expiresAt, type }: RecoveryPointRecord): Record<string, unknown> {
  return {
    name,
    creationTime: moment(createdAt),
    expirationTime: moment(expiresAt ?? createdAt + FOR_EVER_MS),
    status: 'COMPLETE',
    recoveryPointType: type,
  };
}
