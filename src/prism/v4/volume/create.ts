import type { CallContext, NewVolume, VolumeId } from '../../../provider/index.js';
import { hasCode, OperationError } from '../../../support/index.js';
import type { V4Backend } from '../backend.js';
import { findEntity } from '../read-entity.js';
import { taskError, taskReference, type EndedTask } from '../task/task.js';
import { waitForTask } from '../task/wait-for-task.js';
import { listDisks } from './disks.js';
import { groupAt, GROUPS } from './group.js';
import { growDisk } from './grow.js';
import { listGroups } from './list.js';
import { madeIn } from './made-in.js';

const GROUP_RELATION = 'volumes:config:volume-group';
/** An IQN has 223 bytes at most; the group's id and the server's own prefix need their part. */
const LONGEST_PREFIX = 100;

/**
 * Makes a group with one disk. The server answers a repeated request id with the task of the first request, as long as it
 * keeps that: for an hour at least (reference v4 2.2; that this namespace does so too is inferred). After that the
 * group itself tells by its `createdBy` which request has made it.
 */
export async function createVolume(
  backend: V4Backend,
  requestId: string,
  volume: NewVolume,
  context: CallContext,
): Promise<VolumeId> {
  const attempted = `create volume group "${volume.name}"`;
  const source = await sourceOf(backend, requestId, volume, attempted, context);
  if ('made' in source) return source.made;
  const body = createBody(backend, requestId, volume, source.reference);
  const request = {
    namespace: 'volumes',
    method: 'POST',
    path: GROUPS,
    body,
    answer: taskReference,
  } as const;
  const { data } = await backend.api.send(
    { ...request, requestId, repeatable: true },
    { attempted, signal: context.signal },
  );
  const over = await waitForTask(backend, data.extId, attempted, context);
  const id = await idOf(backend, requestId, volume.name, over, attempted, context);
  if (volume.from !== undefined) await growCopy(backend, id, volume, attempted, context);
  return id;
}

function createBody(
  { product }: V4Backend,
  requestId: string,
  { name, description, sizeBytes, placement, from }: NewVolume,
  diskDataSourceReference: DataSource,
): object {
  const prefix = name
    .toLowerCase()
    .replace(/[^0-9a-z:.-]+/g, '-')
    .slice(0, LONGEST_PREFIX);
  return {
    name,
    ...(description === '' ? {} : { description }),
    clusterReference: placement.cluster.id,
    sharingStatus: 'NOT_SHARED',
    usageType: 'USER',
    targetPrefix: prefix,
    createdBy: markOf(product, requestId),
    // A copy is as large as what it is of; whether it may be asked for larger is not known.
    disks: [
      { index: 0, ...(from === undefined ? { diskSizeBytes: sizeBytes } : {}), diskDataSourceReference },
    ],
  };
}

function markOf(product: string, requestId: string): string {
  return `${product} ${requestId.toLowerCase()}`;
}

interface DataSource {
  readonly entityType: 'STORAGE_CONTAINER' | 'VOLUME_DISK';
  readonly extId: string;
}

/** What the disk begins with; `made`: the source of a copy is gone, and the copy was made before. */
async function sourceOf(
  backend: V4Backend,
  requestId: string,
  { name, placement, from }: NewVolume,
  attempted: string,
  context: CallContext,
): Promise<{ readonly reference: DataSource } | { readonly made: VolumeId }> {
  if (from === undefined) {
    return { reference: { entityType: 'STORAGE_CONTAINER', extId: placement.storageContainer.id } };
  }
  try {
    const [first] = await listDisks(backend, from, attempted, context);
    if (first !== undefined) return { reference: { entityType: 'VOLUME_DISK', extId: first.id } };
  } catch (error) {
    if (!hasCode(error, 'not-found')) throw error;
    const made = await markedWith(backend, requestId, name, attempted, context);
    if (made !== undefined) return { made };
    throw error.with({ concerns: { kind: 'volume group', name: from }, cause: error.cause });
  }
  throw new OperationError({
    code: 'invalid-input',
    attempted,
    concerns: { kind: 'volume group', name: from },
    problem: `volume group ${from}, which is to be copied, has no disk`,
  });
}

/** The group that the task has made. A failed task names one too, which never was (reference v4 4.3). */
async function idOf(
  backend: V4Backend,
  requestId: string,
  name: string,
  over: EndedTask,
  attempted: string,
  context: CallContext,
): Promise<VolumeId> {
  if (over.end.kind === 'failed') throw taskError(over, attempted);
  const [candidate] = madeIn(over.seen, GROUP_RELATION, 'volumeGroupExtId');
  if (over.end.kind === 'succeeded' && candidate !== undefined) return candidate;
  const marked = await markedWith(backend, requestId, name, attempted, context);
  if (marked !== undefined) return marked;
  throw taskError(over, attempted);
}

async function markedWith(
  backend: V4Backend,
  requestId: string,
  name: string,
  attempted: string,
  context: CallContext,
): Promise<VolumeId | undefined> {
  const mark = markOf(backend.product, requestId);
  const named = await listGroups(backend, { name }, attempted, context);
  return named.find(({ createdBy }) => createdBy === mark)?.extId;
}

/** Makes a copy as large as it was asked for, if it is still the one that was made: not renamed and not gone. */
async function growCopy(
  backend: V4Backend,
  id: VolumeId,
  { name, sizeBytes }: NewVolume,
  attempted: string,
  context: CallContext,
): Promise<void> {
  const read = await findEntity(backend, groupAt(id), attempted, context);
  if (read?.entity.name !== name) return;
  const [first] = await listDisks(backend, id, attempted, context);
  if (first === undefined || first.sizeBytes >= sizeBytes) return;
  await growDisk(backend, id, first.id, sizeBytes, context);
}
