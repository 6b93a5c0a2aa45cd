import type { CallContext, InitiatorAccess, InitiatorAttachment, VolumeId } from '../../../provider/index.js';
import { OperationError } from '../../../support/index.js';
import type { V4Backend } from '../backend.js';
import { changeEntity } from '../change.js';
import { readEntity, type ReadEntity } from '../read-entity.js';
import { heldByAnother } from './attach-vm.js';
import { getAttachedGroup, type AttachedGroup } from './attachments.js';
import { clientAt, clientPath, findClient, type IscsiClient } from './clients.js';
import { groupPath } from './group.js';

/** The most that a client takes, as in every example (reference v4 6.4). */
const VIRTUAL_TARGETS = 32;
/** Bytes that iSCSI initiators take for a secret. */
const SECRET_BYTES = { least: 12, most: 16 } as const;

/** What the group shows, and the client of that name as far as the cluster knows it. */
interface Seen {
  readonly group: AttachedGroup;
  readonly client: IscsiClient | undefined;
}

/**
 * Lets an initiator in. A client outlives its attachments and is used again by its id, with a new secret when there is
 * one: the secret is the client's, for all its groups (reference v4 6.4).
 */
export async function attachToInitiator(
  backend: V4Backend,
  id: VolumeId,
  access: InitiatorAccess,
  context: CallContext,
): Promise<InitiatorAttachment> {
  const { initiatorName, chapSecret } = access;
  const attempted = `attach volume group ${id} to iSCSI initiator "${initiatorName}"`;
  checkSecret(chapSecret, attempted);
  const read = async (): Promise<Seen> => await look(backend, id, initiatorName, attempted, context);
  const before = await read();
  const { client: known } = before;
  // The secret is not touched for a group that is not given.
  const objection = hasGroup(before) ? undefined : heldByAnother(before.group, id, attempted);
  if (objection !== undefined) throw objection;
  if (known !== undefined) await renewSecret(backend, known, chapSecret, attempted, context);
  const change = {
    attempted,
    entity: 'the volume group',
    read,
    isDone: hasGroup,
    objection: ({ group }: Seen) => heldByAnother(group, id, attempted),
    request: ({ client }: Seen) =>
      ({
        namespace: 'volumes',
        method: 'POST',
        path: `${groupPath(id)}/$actions/attach-iscsi-client`,
        body: client === undefined ? newClient(access) : { extId: client.extId },
      }) as const,
  };
  const end = await changeEntity(backend, change, context);
  const { client } = await read();
  // Another process has made the client since: the secret has to be the one of this call.
  if (known === undefined && client !== undefined && end === 'was so') {
    await renewSecret(backend, client, chapSecret, attempted, context);
  }
  if (client !== undefined) return { kind: 'initiator', clientId: client.extId, initiatorName };
  throw new OperationError({
    code: 'unexpected-response',
    attempted,
    problem: 'Prism Central has done it, and lists no iSCSI client of that name',
    advice: 'See whether the role of this account may view iSCSI clients.',
  });
}

async function look(
  backend: V4Backend,
  id: VolumeId,
  initiatorName: string,
  attempted: string,
  context: CallContext,
): Promise<Seen> {
  const group = await getAttachedGroup(backend, id, attempted, context);
  const cluster = group.entity.clusterReference;
  return { group, client: await findClient(backend, initiatorName, cluster, attempted, context) };
}

function hasGroup({ group, client }: Seen): boolean {
  return group.attachments.some((one) => one.kind === 'initiator' && one.clientId === client?.extId);
}

function newClient({ initiatorName, chapSecret }: InitiatorAccess): object {
  return {
    iscsiInitiatorName: initiatorName,
    numVirtualTargets: VIRTUAL_TARGETS,
    ...authentication(chapSecret),
  };
}

function authentication(chapSecret: string | undefined): object {
  if (chapSecret === undefined) return { enabledAuthentications: 'NONE' };
  return { enabledAuthentications: 'CHAP', clientSecret: chapSecret };
}

/** A secret cannot be read, so it is written each time; without one there is nothing to do when the client has none. */
async function renewSecret(
  backend: V4Backend,
  { extId }: IscsiClient,
  chapSecret: string | undefined,
  attempted: string,
  context: CallContext,
): Promise<void> {
  const change = {
    attempted: `${attempted}, set how iSCSI client ${extId} signs in`,
    entity: 'the iSCSI client',
    read: async () => await readEntity(backend, clientAt(extId), attempted, context),
    isDone: ({ entity: { enabledAuthentications: now = 'NONE' } }: ReadEntity<IscsiClient>) =>
      chapSecret === undefined && now === 'NONE',
    request: ({ raw, etag }: ReadEntity<IscsiClient>) =>
      ({
        namespace: 'volumes',
        method: 'PUT',
        path: clientPath(extId),
        body: { ...raw, ...authentication(chapSecret) },
        ifMatch: etag,
      }) as const,
  };
  await changeEntity(backend, change, context);
}

function checkSecret(secret: string | undefined, attempted: string): void {
  if (secret === undefined) return;
  const bytes = Buffer.byteLength(secret);
  if (bytes >= SECRET_BYTES.least && bytes <= SECRET_BYTES.most) return;
  const { least, most } = SECRET_BYTES;
  const problem = `the CHAP secret has ${bytes} bytes, and ${least} to ${most} are accepted`;
  throw new OperationError({ code: 'invalid-input', attempted, problem });
}
