import { z } from 'zod';
import type { CallContext, VolumeAttachment } from '../../../provider/index.js';
import { maybe } from '../../shared/index.js';
import type { V4Backend } from '../backend.js';
import { listAll } from '../list.js';
import { readEntity, type ReadEntity } from '../read-entity.js';
import { groupAt, groupPath, type V4Group } from './group.js';

const attachment = z.looseObject({
  $objectType: maybe.text,
  extId: z.string(),
  index: maybe.number,
  clusterReference: maybe.text,
});
type V4Attachment = z.infer<typeof attachment>;
/** An item of `attachments` (reference v4 6.1). */
const wrapped = z.looseObject({ attachment });

/** A group with who has it. */
export interface AttachedGroup extends ReadEntity<V4Group> {
  readonly attachments: readonly VolumeAttachment[];
}

/** A group that is not there is an OperationError `not-found`. */
export async function getAttachedGroup(
  backend: V4Backend,
  id: string,
  attempted: string,
  context: CallContext,
): Promise<AttachedGroup> {
  const read = await readEntity(backend, groupAt(id), attempted, context);
  return { ...read, attachments: await attachmentsOf(backend, id, read.entity, attempted, context) };
}

/**
 * Who has a group; no names of initiators. From 4.1 on the group itself says it; before, and whenever the group does not
 * say it although it has an attachment, the two lists are asked (reference v4 6.3, 6.4). What is not certain is asked:
 * a group that passes for free by mistake would be given to a second host.
 */
export async function attachmentsOf(
  backend: V4Backend,
  id: string,
  { attachments = [], attachmentType }: V4Group,
  attempted: string,
  context: CallContext,
): Promise<readonly VolumeAttachment[]> {
  const told = attachments.map((one) => wrapped.safeParse(one).data?.attachment);
  const known = told.flatMap((one) => (one === undefined ? [] : [attachmentFrom(one, attachmentType)]));
  if (known.length > 0 && known.length === told.length) return known;
  if (attachmentType === 'NONE' && told.length === 0) return [];
  const list = async (name: string): Promise<readonly V4Attachment[]> =>
    await listAll(
      backend.api,
      { namespace: 'volumes', path: `${groupPath(id)}/${name}`, item: attachment },
      { attempted, signal: context.signal },
    );
  const [vms, clients] = await Promise.all([
    attachmentType === 'EXTERNAL' ? [] : list('vm-attachments'),
    attachmentType === 'DIRECT' ? [] : list('external-iscsi-attachments'),
  ]);
  return [...vms.map(ofVm), ...clients.map(ofClient)];
}

/** NVMe-oF clients count as initiators: a group that any client has is not free. */
function attachmentFrom(one: V4Attachment, attachmentType: string | undefined): VolumeAttachment {
  const type = one.$objectType ?? '';
  if (type.endsWith('VmAttachment')) return ofVm(one);
  if (type !== '' || one.clusterReference !== undefined || attachmentType === 'EXTERNAL')
    return ofClient(one);
  return ofVm(one);
}

function ofVm({ extId: vmId, index: scsiTarget }: V4Attachment): VolumeAttachment {
  return { kind: 'vm', vmId, scsiTarget };
}

function ofClient({ extId: clientId }: V4Attachment): VolumeAttachment {
  return { kind: 'initiator', clientId };
}

/** Attachments in words, for errors: `VM 1b22…`. */
export function holdersInWords(attachments: readonly VolumeAttachment[]): string {
  return attachments.map((one) => (one.kind === 'vm' ? `VM ${one.vmId}` : initiatorWords(one))).join(', ');
}

function initiatorWords({
  clientId,
  initiatorName,
}: Extract<VolumeAttachment, { kind: 'initiator' }>): string {
  return initiatorName === undefined
    ? `iSCSI client ${clientId}`
    : `iSCSI client "${initiatorName}" (${clientId})`;
}

export function isSameHolder(a: VolumeAttachment, b: VolumeAttachment): boolean {
  if (a.kind === 'vm') return b.kind === 'vm' && a.vmId.toLowerCase() === b.vmId.toLowerCase();
  return b.kind === 'initiator' && a.clientId.toLowerCase() === b.clientId.toLowerCase();
}
