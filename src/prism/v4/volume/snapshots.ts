import { z } from 'zod';
import type {
  CallContext,
  NewVolumeChoice,
  Snapshot,
  SnapshotId,
  VolumeId,
} from '../../../provider/index.js';
import { OperationError, unlessCode } from '../../../support/index.js';
import { dateFrom, lenient, maybe } from '../../shared/index.js';
import type { V4Backend } from '../backend.js';
import { changeEntity } from '../change.js';
import { listAll } from '../list.js';
import { taskError, taskReference } from '../task/task.js';
import { waitForTask } from '../task/wait-for-task.js';
import { listDisks } from './disks.js';
import { groupAt } from './group.js';
import { madeIn } from './made-in.js';
import { renameVolume } from './rename.js';
import { findEntity, readEntity, type EntityPlace, type ReadEntity } from '../read-entity.js';

const POINTS = '/config/recovery-points';

const groupPart = z.looseObject({ extId: maybe.text, volumeGroupExtId: maybe.text });

/** Reference v4 6.6; models of dataprotection 4.0 to 4.4. One of ours has one group, one of a schedule many. */
const recoveryPoint = z.looseObject({
  extId: z.string(),
  name: maybe.text,
  creationTime: maybe.text,
  status: maybe.text,
  volumeGroupRecoveryPoints: lenient(z.array(groupPart.catch({}))),
});
type RecoveryPoint = z.infer<typeof recoveryPoint>;

function pointPath(id: SnapshotId): string {
  return `${POINTS}/${encodeURIComponent(id)}`;
}

/** A recovery point as a place to read. */
function pointAt(id: SnapshotId): EntityPlace<RecoveryPoint> {
  return { namespace: 'dataprotection', path: pointPath(id), shape: recoveryPoint };
}

/** Keeps a group as it is at this moment; repeated like a create. */
export async function createSnapshot(
  backend: V4Backend,
  requestId: string,
  id: VolumeId,
  name: string,
  context: CallContext,
): Promise<SnapshotId> {
  const attempted = `take snapshot "${name}" of volume group ${id}`;
  const $objectType = 'dataprotection.v4.config.VolumeGroupRecoveryPoint';
  const body = { name, volumeGroupRecoveryPoints: [{ $objectType, volumeGroupExtId: id }] };
  const made = await order(
    backend,
    {
      requestId,
      path: POINTS,
      body,
      relation: 'dataprotection:config:recovery-point',
      detail: 'recoveryPointExtId',
    },
    attempted,
    context,
  );
  return made;
}

/** Recovery points of volume groups, those of one group if one is named; no filter on the server knows groups. */
export async function listSnapshots(
  backend: V4Backend,
  of: VolumeId | undefined,
  context: CallContext,
): Promise<readonly Snapshot[]> {
  const attempted = of === undefined ? 'list the snapshots' : `list the snapshots of volume group ${of}`;
  const { signal } = context;
  const query = { $orderby: 'creationTime' };
  const list = { namespace: 'dataprotection', path: POINTS, query, item: recoveryPoint } as const;
  const listed = await listAll(backend.api, list, { attempted, signal });
  const sizeBytes = of === undefined ? 0 : await sizeOf(backend, of, attempted, context);
  return listed
    .flatMap((one) => snapshotFrom(one, sizeBytes))
    .filter(({ volumeId }) => of === undefined || volumeId === of.toLowerCase());
}

export async function findSnapshot(
  backend: V4Backend,
  id: SnapshotId,
  context: CallContext,
): Promise<Snapshot | undefined> {
  const attempted = `look up snapshot ${id}`;
  const point = await findEntity(backend, pointAt(id), attempted, context);
  const [found] = point === undefined ? [] : snapshotFrom(point.entity, 0);
  if (found === undefined) return undefined;
  return { ...found, sizeBytes: await sizeOf(backend, found.volumeId, attempted, context) };
}

/** A snapshot that is not there is success. */
export async function deleteSnapshot(
  backend: V4Backend,
  id: SnapshotId,
  context: CallContext,
): Promise<void> {
  const attempted = `delete snapshot ${id}`;
  const change = {
    attempted,
    entity: 'the snapshot',
    read: async () => await findEntity(backend, pointAt(id), attempted, context),
    isDone: (point: ReadEntity<RecoveryPoint> | undefined) => point === undefined,
    request: () => ({ namespace: 'dataprotection', method: 'DELETE', path: pointPath(id) }) as const,
  };
  await changeEntity(backend, change, context);
}

/**
 * A new group with the data of a snapshot. A restore takes a name only, and the description of the group that was kept
 * comes along: it is changed afterwards, as long as the group has the name that it was made with.
 */
export async function createFromSnapshot(
  backend: V4Backend,
  requestId: string,
  id: SnapshotId,
  volume: NewVolumeChoice,
  context: CallContext,
): Promise<VolumeId> {
  const { name, description, placement } = volume;
  const attempted = `create volume group "${name}" from snapshot ${id}`;
  const { entity: point } = await readEntity(backend, pointAt(id), attempted, context);
  const parts = point.volumeGroupRecoveryPoints ?? [];
  const [volumeGroupRecoveryPointExtId] = parts.flatMap(({ extId }) => extId ?? []);
  if (volumeGroupRecoveryPointExtId === undefined) {
    const problem = 'this recovery point has no volume group';
    throw new OperationError({ code: 'invalid-input', attempted, problem });
  }
  const body = {
    clusterExtId: placement.cluster.id,
    volumeGroupRecoveryPointRestoreOverrides: [
      { volumeGroupRecoveryPointExtId, volumeGroupOverrideSpec: { name } },
    ],
  };
  const path = `${pointPath(id)}/$actions/restore`;
  const relation = 'volumes:config:volume-group';
  const what = { requestId, path, body, relation, detail: 'volumeGroupExtIds' };
  const made = await order(backend, what, attempted, context);
  const read = await findEntity(backend, groupAt(made), attempted, context);
  if (read?.entity.name === name) await renameVolume(backend, made, { name, description }, context);
  return made;
}

interface Order {
  readonly requestId: string;
  readonly path: string;
  readonly body: object;
  /** What the task says of the entity that it makes. */
  readonly relation: string;
  readonly detail: string;
}

/** Sends what may be sent twice, waits for its task, and tells what that has made. */
async function order(
  backend: V4Backend,
  { requestId, path, body, relation, detail }: Order,
  attempted: string,
  context: CallContext,
): Promise<string> {
  const request = { namespace: 'dataprotection', method: 'POST', path, body, answer: taskReference } as const;
  const { data } = await backend.api.send(
    { ...request, requestId, repeatable: true },
    { attempted, signal: context.signal },
  );
  const over = await waitForTask(backend, data.extId, attempted, context);
  const [made] = madeIn(over.seen, relation, detail);
  if (over.end.kind === 'succeeded' && made !== undefined) return made;
  throw taskError(over, attempted);
}

/** A recovery point does not say how large its group was: the group's size now stands for it, 0 when it is gone. */
async function sizeOf(
  backend: V4Backend,
  id: VolumeId,
  attempted: string,
  context: CallContext,
): Promise<number> {
  const disks = await unlessCode(listDisks(backend, id, attempted, context), 'not-found');
  return (disks ?? []).reduce((sum, disk) => sum + disk.sizeBytes, 0);
}

/** None for a recovery point of VMs only; of one with several groups the first counts. */
function snapshotFrom(
  { extId, name, creationTime, status, volumeGroupRecoveryPoints = [] }: RecoveryPoint,
  sizeBytes: number,
): readonly Snapshot[] {
  const [volumeId] = volumeGroupRecoveryPoints.flatMap((one) => one.volumeGroupExtId ?? []);
  if (volumeId === undefined) return [];
  return [
    {
      id: extId,
      name: name ?? '',
      volumeId,
      sizeBytes,
      madeAt: dateFrom(creationTime),
      ready: status === undefined || status === 'COMPLETE',
    },
  ];
}
