import type { CallContext, VolumeAttachment, VolumeId } from '../../../provider/index.js';
import { unlessCode } from '../../../support/index.js';
import type { V4Backend } from '../backend.js';
import { changeEntity } from '../change.js';
import { getAttachedGroup, holdersInWords, isSameHolder, type AttachedGroup } from './attachments.js';
import { groupPath } from './group.js';

/** Takes a group away from one that has it, whatever it does with it. No group, or no such attachment, is success. */
export async function detach(
  backend: V4Backend,
  id: VolumeId,
  attachment: VolumeAttachment,
  context: CallContext,
): Promise<void> {
  const attempted = `detach volume group ${id} from ${holdersInWords([attachment])}`;
  const [action, extId] =
    attachment.kind === 'vm' ? ['detach-vm', attachment.vmId] : ['detach-iscsi-client', attachment.clientId];
  const change = {
    attempted,
    entity: 'the volume group',
    read: async () => await unlessCode(getAttachedGroup(backend, id, attempted, context), 'not-found'),
    isDone: (seen: AttachedGroup | undefined) =>
      !(seen?.attachments ?? []).some((one) => isSameHolder(one, attachment)),
    request: () =>
      ({
        namespace: 'volumes',
        method: 'POST',
        path: `${groupPath(id)}/$actions/${action}`,
        body: { extId },
      }) as const,
  };
  await changeEntity(backend, change, context);
}
