import type {
  CallContext,
  Vm,
  VmId,
  ListedVolume,
  Volume,
  VolumeAttachment,
  VolumeDisk,
  VolumeId,
} from '../../../provider/index.js';
import { hasCode } from '../../../support/index.js';
import type { V4Backend } from '../backend.js';
import { findEntity, ifReadable, readEntity } from '../read-entity.js';
import { vmFrom } from '../vm/view.js';
import { vmAt } from '../vm/vm.js';
import { attachmentsOf } from './attachments.js';
import { categoriesOf } from './categories.js';
import { clientAt, listClients } from './clients.js';
import { listDisks } from './disks.js';
import { groupAt, type V4Group } from './group.js';
import { listGroups } from './list.js';

/** Groups of a list that are asked for what the list does not say of them, at the same time. */
const AT_ONCE = 4;

/**
 * All groups whose name begins so, a hundred in a request. Their disks, and with them their sizes, are in no list
 * (reference v4 6.1) and would be a request for each: they are left out. Who has them is in the list from 4.1 on; on 4.0
 * those that are attached are asked for it.
 */
export async function listVolumes(
  backend: V4Backend,
  namePrefix: string | undefined,
  context: CallContext,
): Promise<readonly ListedVolume[]> {
  const attempted = 'list the volume groups';
  const groups = await listGroups(backend, { namePrefix }, attempted, context);
  const volumes = await inTurns(groups, async (group) => ({
    group,
    attachments: await attachedOrGone(backend, group, attempted, context),
  }));
  const names = await clientNames(
    backend,
    volumes.flatMap((one) => one.attachments),
    attempted,
    context,
  );
  return volumes.map(({ group, attachments }) => listedFrom(group, attachments.map(names)));
}

/** All groups of exactly this name, with their disks. */
export async function findVolumesByName(
  backend: V4Backend,
  name: string,
  context: CallContext,
): Promise<readonly Volume[]> {
  const attempted = `look up volume group "${name}"`;
  const groups = await listGroups(backend, { name }, attempted, context);
  return await inTurns(groups, async (group) => {
    const [disks, attachments] = await Promise.all([
      listDisks(backend, group.extId, attempted, context).catch(ifGone([] as readonly VolumeDisk[])),
      attachedOrGone(backend, group, attempted, context),
    ]);
    const named = await withNames(backend, attachments, attempted, context);
    return { ...listedFrom(group, named), disks };
  });
}

/** One group with all that is known of it; what a list only says (categories) is asked for at the same time. */
export async function findVolume(
  backend: V4Backend,
  id: VolumeId,
  context: CallContext,
): Promise<Volume | undefined> {
  const attempted = `look up volume group ${id}`;
  const [read, disks, categories] = await Promise.all([
    findEntity(backend, groupAt(id), attempted, context),
    listDisks(backend, id, attempted, context).catch(ifGone([] as readonly VolumeDisk[])),
    categoriesOf(backend, id, attempted, context),
  ]);
  if (read === undefined) return undefined;
  const attachments = await attachmentsOf(backend, id, read.entity, attempted, context);
  const group = { ...read.entity, extId: id };
  const named = await withNames(backend, attachments, attempted, context);
  return { ...listedFrom(group, named), disks, categories };
}

/** A VM as far as a takeover has to know it. */
export async function findHolder(
  backend: V4Backend,
  id: VmId,
  context: CallContext,
): Promise<Pick<Vm, 'id' | 'name' | 'power'> | undefined> {
  const read = await findEntity(backend, vmAt(id), `look up VM ${id}`, context);
  if (read === undefined) return undefined;
  const { name, power } = vmFrom(read.entity, id);
  return { id, name, power };
}

function listedFrom(
  group: V4Group & { readonly extId: string },
  attachments: readonly VolumeAttachment[],
): ListedVolume {
  return {
    id: group.extId,
    name: group.name ?? '',
    description: group.description ?? '',
    clusterId: group.clusterReference ?? '',
    attachments,
    shared: group.sharingStatus === 'SHARED',
    targetName: group.targetName,
  };
}

/** One that was deleted after the list was made has no attachments. */
async function attachedOrGone(
  backend: V4Backend,
  group: V4Group & { readonly extId: string },
  attempted: string,
  context: CallContext,
): Promise<readonly VolumeAttachment[]> {
  return await attachmentsOf(backend, group.extId, group, attempted, context).catch(
    ifGone([] as readonly VolumeAttachment[]),
  );
}

function ifGone<T>(instead: T): (error: unknown) => T {
  return (error) => {
    if (hasCode(error, 'not-found')) return instead;
    throw error;
  };
}

type Named = (attachment: VolumeAttachment) => VolumeAttachment;

/** The initiators' names, one request for each attachment: there is one as a rule. */
async function withNames(
  backend: V4Backend,
  attachments: readonly VolumeAttachment[],
  attempted: string,
  context: CallContext,
): Promise<readonly VolumeAttachment[]> {
  return await Promise.all(
    attachments.map(async (one) => {
      if (one.kind === 'vm') return one;
      const read = await ifReadable(
        backend,
        readEntity(backend, clientAt(one.clientId), attempted, context),
        context,
        WITHOUT_NAME,
      );
      return { ...one, initiatorName: read?.entity.iscsiInitiatorName };
    }),
  );
}

/** The same for a whole list: all clients at once, if any attachment is one. */
async function clientNames(
  backend: V4Backend,
  attachments: readonly VolumeAttachment[],
  attempted: string,
  context: CallContext,
): Promise<Named> {
  if (attachments.every(({ kind }) => kind === 'vm')) return (one) => one;
  const all = listClients(backend, undefined, attempted, context);
  const clients = await ifReadable(backend, all, context, WITHOUT_NAME);
  const names = new Map((clients ?? []).map((one) => [one.extId, one.iscsiInitiatorName]));
  return (one) => (one.kind === 'vm' ? one : { ...one, initiatorName: names.get(one.clientId) });
}

/** A name is there for texts only: one that this account may not read is left out. */
const WITHOUT_NAME = ['permission-denied', 'not-found', 'invalid-input'] as const;

/** The results of work on each item, a few at the same time, in the items' order. */
async function inTurns<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += AT_ONCE) {
    results.push(...(await Promise.all(items.slice(start, start + AT_ONCE).map(work))));
  }
  return results;
}
