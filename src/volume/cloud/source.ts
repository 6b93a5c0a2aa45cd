import type { CallContext, Volume } from '../../provider/index.js';
import { OperationError } from '../../support/index.js';
import { volumeSizeOf, usable, type VolumeCore } from '../core.js';
import type { VolumeOptions } from '../volume-service.js';

/** What a copy begins with. */
export interface Source {
  readonly id: string;
  readonly sizeBytes: number;
  /** Of a snapshot: the volume that it was made of, if that is still there. */
  readonly volume: Volume | undefined;
}

export async function sourceOf(
  core: VolumeCore,
  { from, fromSnapshot }: VolumeOptions,
  attempted: string,
  context: CallContext,
): Promise<Source | undefined> {
  const { volumes } = core.parts;
  if (from !== undefined) {
    const volume = await volumeBy(core, from, attempted, context);
    if (volume.attachments.length > 0) {
      context.progress(
        `${attempted}: ${from} is in use; the copy is as after a power cut at this moment (crash-consistent)`,
      );
    }
    return { id: volume.id, sizeBytes: volumeSizeOf(volume), volume };
  }
  if (fromSnapshot === undefined) return undefined;
  const byId = isUuid(fromSnapshot) ? await volumes.findSnapshot(fromSnapshot, context) : undefined;
  const named = (await volumes.listSnapshots(undefined, context)).filter(({ name }) => name === fromSnapshot);
  const [snapshot, other] = byId === undefined ? named : [byId];
  if (snapshot === undefined || other !== undefined) {
    const code = snapshot === undefined ? 'not-found' : 'ambiguous';
    const problem =
      snapshot === undefined
        ? `there is no snapshot "${fromSnapshot}"`
        : `there are ${named.length} snapshots "${fromSnapshot}"; give the id`;
    throw new OperationError({ code, attempted, problem });
  }
  const volume = await volumes.find(snapshot.volumeId, context);
  return { id: snapshot.id, sizeBytes: snapshot.sizeBytes, volume };
}

/** A volume by name or id. */
export async function volumeBy(
  core: VolumeCore,
  nameOrId: string,
  attempted: string,
  context: CallContext,
): Promise<Volume> {
  const named = await core.lookUp({ name: nameOrId }, attempted, context);
  if (named !== undefined) return usable(named, attempted);
  const found = isUuid(nameOrId) ? await core.lookUp({ id: nameOrId }, attempted, context) : undefined;
  if (found !== undefined) return usable(found, attempted);
  throw new OperationError({ code: 'not-found', attempted, problem: `there is no volume "${nameOrId}"` });
}

function isUuid(text: string): boolean {
  return /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text);
}
