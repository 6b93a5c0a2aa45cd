import { status } from '@grpc/grpc-js';
import { z } from 'zod';
import { hasCode, OperationError } from '../support/index.js';
import type { CallContext, Snapshot, VolumeService } from '../volume/index.js';
import type { ServedMethods } from './calls.js';
import { pageFields, pageOf } from './list-pages.js';
import { existingVolume, nameField, requiredText, snapshotIdOf, volumeOf } from './request-fields.js';
import { servedMethod, type OpenService } from './served-method.js';

const snapshotSubject = ({ snapshotId }: { readonly snapshotId: string }): string => `snapshot ${snapshotId}`;

/** Snapshots of volumes. */
export function snapshotMethods(open: OpenService): ServedMethods {
  return {
    CreateSnapshot: servedMethod({
      request: z.object({ sourceVolumeId: requiredText, name: nameField }),
      subject: ({ name }) => `snapshot "${name}"`,
      conflict: status.ALREADY_EXISTS,
      run: async ({ sourceVolumeId, name }, context) => ({
        snapshot: snapshotMessage(await ensureSnapshot(await open(), sourceVolumeId, name, context)),
      }),
    }),
    DeleteSnapshot: servedMethod({
      request: z.object({ snapshotId: requiredText }),
      subject: snapshotSubject,
      run: async ({ snapshotId }, context) => {
        if (snapshotIdOf(snapshotId) === undefined) return {};
        try {
          await (await open()).deleteSnapshot(snapshotId, context);
        } catch (thrown) {
          if (!hasCode(thrown, 'not-found')) throw thrown;
        }
        return {};
      },
    }),
    GetSnapshot: servedMethod({
      request: z.object({ snapshotId: requiredText }),
      run: async ({ snapshotId }, context) => {
        const [snapshot] = await snapshotsOf(await open(), '', snapshotId, context);
        if (snapshot !== undefined) return { snapshot: snapshotMessage(snapshot) };
        const problem = `there is no snapshot with the id "${snapshotId}"`;
        throw new OperationError({ code: 'not-found', attempted: 'look up a snapshot', problem });
      },
    }),
    ListSnapshots: servedMethod({
      request: z.object({ ...pageFields, sourceVolumeId: z.string(), snapshotId: z.string() }),
      run: async (request, context) => {
        const all = await snapshotsOf(await open(), request.sourceVolumeId, request.snapshotId, context);
        const { entries, nextToken } = pageOf(all, request);
        return { entries: entries.map((one) => ({ snapshot: snapshotMessage(one) })), nextToken };
      },
    }),
  };
}

/** The snapshot of this name; made if there is none. The specification wants names to be unique over all volumes. */
async function ensureSnapshot(
  service: VolumeService,
  volumeId: string,
  name: string,
  context: CallContext,
): Promise<Snapshot> {
  const attempted = `make snapshot "${name}" of volume ${volumeId}`;
  await existingVolume(service, volumeId, attempted, context);
  const namesakes = (await service.listSnapshots(undefined, context)).filter((one) => one.name === name);
  const own = namesakes.find((one) => one.volumeId === volumeId);
  if (own !== undefined) return own;
  const [other] = namesakes;
  if (other === undefined) return service.createSnapshot({ id: volumeId }, name, context);
  const problem = `there is a snapshot of this name (${other.id}) of another volume, ${other.volumeId}`;
  throw new OperationError({ code: 'conflict', attempted, problem });
}

/** Snapshots of one volume (all when empty), and with one id (any when empty); what is not there is none. */
async function snapshotsOf(
  service: VolumeService,
  volumeId: string,
  snapshotId: string,
  context: CallContext,
): Promise<readonly Snapshot[]> {
  if (snapshotId !== '' && snapshotIdOf(snapshotId) === undefined) return [];
  try {
    const volume = volumeId === '' ? undefined : volumeOf(volumeId, 'list snapshots');
    const all = await service.listSnapshots(volume, context);
    return all.filter(({ id }) => snapshotId === '' || id === snapshotId);
  } catch (thrown) {
    if (hasCode(thrown, 'not-found')) return [];
    throw thrown;
  }
}

function snapshotMessage({ id, volumeId, sizeBytes, madeAt, ready }: Snapshot): object {
  const ms = madeAt?.getTime() ?? 0;
  return {
    snapshotId: id,
    sourceVolumeId: volumeId,
    sizeBytes,
    readyToUse: ready,
    creationTime: { seconds: Math.floor(ms / 1_000), nanos: (ms % 1_000) * 1_000_000 },
  };
}
