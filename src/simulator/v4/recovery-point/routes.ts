import { randomUUID } from 'node:crypto';
import type {
  GroupRecoveryPoint,
  RecoveryPointRecord,
  VolumeGroupRecord,
} from '../../core/store/volume-records.js';
import type { TaskRecord } from '../../core/task-engine.js';
import {
  dropPoints,
  existing,
  fillDisks,
  keepContents,
  restoredGroup,
  takeRecoveryPoint,
} from '../../core/volume/index.js';
import { param, type Answer } from '../../http/route.js';
import { entityRoutes, type EntityType } from '../entity-routes.js';
import { rejection, schemaRejection } from '../message/error.js';
import { requestBody } from '../message/request-body.js';
import type { V4Call, V4Route } from '../route.js';
import { ordered, type TaskOrder } from '../task/start.js';
import { inVolumeWords } from '../volume/changes.js';
import { unknownEntity } from '../volume/failures.js';
import type { V4World } from '../world.js';
import { expirationBody, recoveryPointBody, restoreBody, type RecoveryPointBody } from './bodies.js';
import { recoveryPointView } from './view.js';

const kind = 'recovery_point';
const CONFIG = 'dataprotection.v4.config';

const POINTS: EntityType<RecoveryPointRecord> = {
  kind,
  path: '/config/recovery-points',
  model: CONFIG,
  word: 'RecoveryPoint',
  listing: (world, { version }) => ({
    filterable: { extId: 'text', name: 'text', ownerExtId: 'text', creationTime: 'moment' },
    orderable: ['name', 'creationTime', 'expirationTime'],
    view: (record) => recoveryPointView(world, version.minor, record),
  }),
  records: ({ store }) => store.recoveryPoints,
  existing: existingPoint,
  tag: ({ tags }, record) => tags.of(record.uuid, record),
  create: take,
  remove,
};

/** Namespace dataprotection: volume groups as they were at one moment. VMs are not kept so. */
export function recoveryPointRoutes(world: V4World): V4Route[] {
  const actions = `${POINTS.path}/:extId/$actions`;
  return [
    ...entityRoutes(world, POINTS),
    { method: 'POST', path: `${actions}/restore`, kind, handle: (call) => restore(world, call) },
    {
      method: 'POST',
      path: `${actions}/set-expiration-time`,
      kind,
      handle: (call) => setExpiration(world, call),
    },
  ];
}

function take(world: V4World, call: V4Call): Answer {
  const input = requestBody(world, call, recoveryPointBody);
  refuseVms(call, input.vmRecoveryPoints);
  const groups = groupsOfBody(input);
  if (groups.length === 0) {
    const message = 'Field volumeGroupRecoveryPoints : Array is too short (minimum allowed: 1)';
    throw schemaRejection(world, call, [{ location: '@body', message }]);
  }
  return ordered(world, call, `${CONFIG}.CreateRecoveryPointApiResponse`, () => {
    const uuid = randomUUID();
    const { name, expirationTime, recoveryPointType: type = 'CRASH_CONSISTENT' } = input;
    return {
      operation: 'CreateRecoveryPoint',
      entities: [{ kind, uuid, name }, ...groups.map((group) => ({ kind: 'volume_group', uuid: group }))],
      lane: uuid,
      run: (task) =>
        inVolumeWords(async () => {
          const createdAt = world.time.now();
          const expiresAt = expirationTime === undefined ? undefined : Date.parse(expirationTime);
          const point = { uuid, name, type, createdAt, expiresAt, ownerUuid: call.user.uuid };
          const record = takeRecoveryPoint(world.store, point, groups);
          await keepContents(world, record.groups);
          task.clusterUuid = record.groups[0]?.group.clusterUuid;
          task.outcome.push({ name: 'recoveryPointExtId', value: uuid });
        }),
    };
  });
}

function groupsOfBody({ volumeGroupRecoveryPoints: points = [] }: RecoveryPointBody): string[] {
  return [...new Set(points.map(({ volumeGroupExtId }) => volumeGroupExtId.toLowerCase()))];
}

/** A path that is there and does nothing has been seen to answer 501 (reference v4 1.4). */
function refuseVms({ namespace }: V4Call, vms: readonly unknown[] | undefined): void {
  if (vms === undefined || vms.length === 0) return;
  throw rejection({
    namespace,
    status: 501,
    code: 'DP-50100',
    group: 'NOT_IMPLEMENTED',
    message: 'Recovery points of VMs are not simulated, those of volume groups are.',
  });
}

function restore(world: V4World, call: V4Call): Answer {
  const record = existingPoint(world, call);
  const input = requestBody(world, call, restoreBody);
  refuseVms(call, input.vmRecoveryPointRestoreOverrides);
  const { volumeGroupRecoveryPointRestoreOverrides: overrides = [], clusterExtId } = input;
  return changed(world, call, record, {
    operation: 'RestoreRecoveryPoint',
    answerType: 'RecoveryPointRestoreApiResponse',
    run: async (task) => {
      existing(world.store.recoveryPoints, kind, record.uuid);
      if (clusterExtId !== undefined) existing(world.store.clusters, 'cluster', clusterExtId.toLowerCase());
      const names = new Map(
        overrides.map((one) => [
          one.volumeGroupRecoveryPointExtId.toLowerCase(),
          one.volumeGroupOverrideSpec?.name,
        ]),
      );
      const byUuid = { get: (uuid: string) => record.groups.find((point) => point.uuid === uuid) };
      const wanted =
        names.size === 0
          ? record.groups
          : [...names.keys()].map((uuid) => existing(byUuid, 'volume_group_recovery_point', uuid));
      const made = wanted.map((point) => restoreGroup(world, call, point, names.get(point.uuid)));
      for (const { disks } of made) await fillDisks(world, disks);
      task.entities.push(...made.map(({ uuid, name }) => ({ kind: 'volume_group', uuid, name })));
      task.clusterUuid = made[0]?.clusterUuid;
      // A text with commas, and not a list: Nutanix's clients take it apart.
      task.outcome.push({ name: 'volumeGroupExtIds', value: made.map(({ uuid }) => uuid).join(',') });
    },
  });
}

function restoreGroup(
  { store, time }: V4World,
  { user }: V4Call,
  point: GroupRecoveryPoint,
  name: string = point.group.name,
): VolumeGroupRecord {
  const now = time.now();
  const owner = { uuid: user.uuid, name: user.username };
  const entity = { uuid: randomUUID(), name, owner, createdAt: now, updatedAt: now };
  const group = restoredGroup(point, entity);
  store.volumeGroups.put(group);
  return group;
}

/** Groups that were restored from it, and disks that were made of it, stay. */
function remove(world: V4World, call: V4Call): Answer {
  const record = existingPoint(world, call);
  return changed(world, call, record, {
    operation: 'DeleteRecoveryPoint',
    answerType: 'DeleteRecoveryPointApiResponse',
    run: async () => {
      existing(world.store.recoveryPoints, kind, record.uuid);
      world.store.recoveryPoints.delete(record.uuid);
      await dropPoints(world, record.groups);
    },
  });
}

function setExpiration(world: V4World, call: V4Call): Answer {
  const record = existingPoint(world, call);
  const { expirationTime } = requestBody(world, call, expirationBody);
  return changed(world, call, record, {
    operation: 'UpdateRecoveryPointExpirationTime',
    answerType: 'UpdateRecoveryPointExpirationTimeApiResponse',
    run: () => {
      record.expiresAt = Date.parse(expirationTime);
    },
  });
}

interface PointChange extends Pick<TaskOrder, 'operation'> {
  readonly answerType: string;
  run(task: TaskRecord): void | Promise<void>;
}

function changed(world: V4World, call: V4Call, record: RecoveryPointRecord, change: PointChange): Answer {
  return ordered(world, call, `${CONFIG}.${change.answerType}`, () => ({
    operation: change.operation,
    entities: [{ kind, uuid: record.uuid, name: record.name }],
    lane: record.uuid,
    run: (task) => inVolumeWords(() => change.run(task)),
  }));
}

function existingPoint(world: V4World, call: V4Call): RecoveryPointRecord {
  const extId = param(call, 'extId');
  const record = world.store.recoveryPoints.get(extId.toLowerCase());
  if (record === undefined) throw unknownEntity(call.namespace, kind, extId);
  return record;
}
