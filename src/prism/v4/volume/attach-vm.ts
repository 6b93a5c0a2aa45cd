import { z } from 'zod';
import type { CallContext, VmAttachment, VmId, VolumeAttachment, VolumeId } from '../../../provider/index.js';
import { hasCode, OperationError } from '../../../support/index.js';
import { lenient } from '../../shared/index.js';
import type { V4Backend } from '../backend.js';
import { changeEntity } from '../change.js';
import { findEntity, ifReadable } from '../read-entity.js';
import { type V4Vm, vmAt } from '../vm/vm.js';
import { getAttachedGroup, holdersInWords, isSameHolder, type AttachedGroup } from './attachments.js';
import { groupPath } from './group.js';

/**
 * Gives a group to a VM as a SCSI disk. That it is there is read before and after: what the server refuses with, when the
 * group is attached already, is not known (reference v4 6.3).
 */
export async function attachToVm(
  backend: V4Backend,
  id: VolumeId,
  vmId: VmId,
  context: CallContext,
): Promise<VmAttachment> {
  const attempted = `attach volume group ${id} to VM ${vmId}`;
  const wanted: VmAttachment = { kind: 'vm', vmId };
  const read = async (): Promise<AttachedGroup> => await getAttachedGroup(backend, id, attempted, context);
  const change = {
    attempted,
    entity: 'the volume group',
    read,
    isDone: ({ attachments }: AttachedGroup) => attachments.some((one) => isSameHolder(one, wanted)),
    objection: (seen: AttachedGroup) => heldByAnother(seen, id, attempted),
    request: () =>
      ({
        namespace: 'volumes',
        method: 'POST',
        path: `${groupPath(id)}/$actions/attach-vm`,
        body: { extId: vmId },
      }) as const,
  };
  try {
    await changeEntity(backend, change, context);
  } catch (error) {
    throw await withMissingVm(backend, error, vmId, attempted, context);
  }
  const { attachments } = await read();
  const found = attachments.find((one): one is VmAttachment => isSameHolder(one, wanted)) ?? wanted;
  if (found.scsiTarget !== undefined) return found;
  const vm = await ifReadable(backend, findEntity(backend, vmAt(vmId), attempted, context), context);
  return { ...found, scsiTarget: vm === undefined ? undefined : targetAmong(vm.entity, id) };
}

/** Why a group that is not shared cannot be given to one more; undefined = it can. */
export function heldByAnother(
  { entity: group, attachments }: AttachedGroup,
  id: VolumeId,
  attempted: string,
): OperationError | undefined {
  if (attachments.length === 0 || group.sharingStatus === 'SHARED') return undefined;
  return attachedElsewhere(attachments, id, attempted);
}

export function attachedElsewhere(
  attachments: readonly VolumeAttachment[],
  id: VolumeId,
  attempted: string,
): OperationError {
  return new OperationError({
    code: 'conflict',
    attempted,
    concerns: { kind: 'volume group', name: id },
    problem: `it is attached to ${holdersInWords(attachments)}`,
    advice: 'Detach it there first.',
  });
}

/** The task of an attach says in words only that there is no such VM. */
async function withMissingVm(
  backend: V4Backend,
  error: unknown,
  vmId: VmId,
  attempted: string,
  context: CallContext,
): Promise<unknown> {
  if (context.signal.aborted || !hasCode(error, 'task-failed', 'invalid-input')) return error;
  const isThere = await findEntity(backend, vmAt(vmId), attempted, context).catch(() => true);
  if (isThere !== undefined) return error;
  const concerns = { kind: 'VM', name: vmId };
  return error.with({ code: 'not-found', concerns, cause: error.cause });
}

const disk = z.looseObject({
  diskAddress: z.looseObject({ busType: z.literal('SCSI'), index: z.number() }),
  backingInfo: z.looseObject({ volumeGroupExtId: z.string() }),
});

/** Among the VM's disks stands at which target of its SCSI bus it has the group; undefined where it is not told. */
function targetAmong({ disks = [] }: V4Vm, id: VolumeId): number | undefined {
  const parsed = disks.map((one) => lenient(disk).parse(one));
  return parsed.find((one) => one?.backingInfo.volumeGroupExtId === id)?.diskAddress.index;
}
