import type { CallContext, VolumeId } from '../../../provider/index.js';
import { backoff, OperationError, poll, type Probed, unlessCode } from '../../../support/index.js';
import type { V4Backend } from '../backend.js';
import { changeEntity, type ChangeEnd } from '../change.js';
import { findEntity } from '../read-entity.js';
import { attachedElsewhere } from './attach-vm.js';
import { getAttachedGroup, type AttachedGroup } from './attachments.js';
import { groupAt, groupPath } from './group.js';

/** Deletes that may be needed: a read may show the group for a while after its delete has succeeded. */
const ROUNDS = 8;

/**
 * Deletes a group with its data, and resolves when it is gone. Whether it is attached is looked at here: what a server
 * says to that is not known (reference v4 6.6). The ETag goes along, so that one that is attached in between stays.
 */
export async function deleteVolume(backend: V4Backend, id: VolumeId, context: CallContext): Promise<void> {
  const attempted = `delete volume group ${id}`;
  const { clock, random } = backend;
  const round = async (number: number): Promise<Probed<void>> => {
    const isGone =
      (await deleteOnce(backend, id, attempted, context)) === 'was so' ||
      (await findEntity(backend, groupAt(id), attempted, context)) === undefined;
    if (isGone) return { ready: true, value: undefined };
    if (number < ROUNDS) return { ready: false };
    const problem = 'it is still there after every delete';
    const advice = 'See the tasks of this volume group in Prism Central.';
    throw new OperationError({ code: 'conflict', attempted, problem, advice });
  };
  const delays = backoff({ first: 200, growth: 1.5, longest: 3_000, jitter: { share: 0.1, random } });
  await poll(round, { clock, signal: context.signal, delays });
}

async function deleteOnce(
  backend: V4Backend,
  id: VolumeId,
  attempted: string,
  context: CallContext,
): Promise<ChangeEnd> {
  const change = {
    attempted,
    entity: 'the volume group',
    read: async () => await unlessCode(getAttachedGroup(backend, id, attempted, context), 'not-found'),
    isDone: (seen: AttachedGroup | undefined) => seen === undefined,
    objection: (seen: AttachedGroup | undefined) =>
      seen === undefined || seen.attachments.length === 0
        ? undefined
        : attachedElsewhere(seen.attachments, id, attempted),
    request: (seen: AttachedGroup | undefined) =>
      ({ namespace: 'volumes', method: 'DELETE', path: groupPath(id), ifMatch: seen?.etag }) as const,
  };
  // A read may still show what the server no longer knows.
  return (await unlessCode(changeEntity(backend, change, context), 'not-found')) ?? 'was so';
}
