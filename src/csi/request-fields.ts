import { z } from 'zod';
import { OperationError } from '../support/index.js';
import type { CallContext, VolumeReference, VolumeService, VolumeSummary } from '../volume/index.js';

/** Longest name, in bytes, as the specification has it. */
const LONGEST_NAME = 128;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const NODE_ID = /^(vm\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|iqn\/.+)$/i;

/** A text that has to be there. */
export const requiredText = z.string().min(1, 'has to be given');
/** A name that the orchestrator chose. */
export const nameField = requiredText.refine(
  (name) => Buffer.byteLength(name) <= LONGEST_NAME,
  `must have at most ${String(LONGEST_NAME)} bytes`,
);
/** A path of this host that the orchestrator chose. */
export const pathField = requiredText.startsWith('/', 'must be a full path');
export const textMap = z.record(z.string(), z.string());

/** What a message about one volume has at least. */
export const ofVolume = z.object({ volumeId: requiredText });

/** False for what Prism cannot have given: no volume was ever staged or published by it. */
export function isVolumeId(id: string): boolean {
  return UUID.test(id);
}

/** The volume of an id. Throws `not-found` for one that Prism cannot have given, which Prism would call malformed. */
export function volumeOf(id: string, attempted: string): VolumeReference {
  if (isVolumeId(id)) return { id };
  throw new OperationError({
    code: 'not-found',
    attempted,
    problem: `there is no volume with the id "${id}"`,
    advice:
      'Ids of volumes are UUIDs. Swarm takes the name for the id when its first contact with the plugin failed: remove that volume, restart dockerd and create it again.',
  });
}

/** The same for a snapshot; undefined = there can be none. */
export function snapshotIdOf(id: string): string | undefined {
  return UUID.test(id) ? id : undefined;
}

export function nodeOf(id: string, attempted: string): string {
  if (NODE_ID.test(id)) return id;
  const problem = `there is no node "${id}"; ids of nodes look like vm/<UUID> and iqn/<initiator name>`;
  throw new OperationError({ code: 'not-found', attempted, problem });
}

/** The volume as Prism has it. One that was removed and is only kept is `not-found` too. */
export async function existingVolume(
  service: VolumeService,
  id: string,
  attempted: string,
  context: CallContext,
): Promise<VolumeSummary> {
  const summary = await service.find(volumeOf(id, attempted), context);
  if (summary === undefined || summary.removed !== undefined) {
    const problem = `there is no volume with the id ${id}`;
    throw new OperationError({ code: 'not-found', attempted, problem });
  }
  return summary;
}
