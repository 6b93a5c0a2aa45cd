import { randomUUID } from 'node:crypto';
import type { Store } from '../store/store.js';
import type { Initiator, IscsiClientRecord, VolumeGroupRecord } from '../store/volume-records.js';
import { broken } from './refusals.js';

/** Of every example of a real answer. */
const VIRTUAL_TARGETS = 32;
const IQN_PREFIX = 'iqn.2010-06.com.nutanix';
/** What a target name cannot have. */
const ODD_CHARACTERS = /[^0-9A-Za-z:.-]+/g;

/** What a request says of an iSCSI client. */
export interface IscsiClientOptions {
  readonly initiator?: Initiator | undefined;
  readonly authentication?: IscsiClientRecord['authentication'] | undefined;
  readonly secret?: string | undefined;
  readonly virtualTargets?: number | undefined;
  readonly site?: IscsiClientRecord['site'];
  readonly projectUuid?: string | undefined;
}

/**
 * The name of a new group's targets: the given one, or the prefix (the group's name where there is none) with the
 * group's id behind it, as a real answer has it [reference v4 6.5].
 */
export function targetNameOf(
  { uuid, name }: Pick<VolumeGroupRecord, 'uuid' | 'name'>,
  wanted: { readonly name?: string | undefined; readonly prefix?: string | undefined },
): string {
  if (wanted.name !== undefined && wanted.prefix !== undefined) {
    throw broken('INVALID_ARGUMENT', 'Only one of targetName and targetPrefix can be given.');
  }
  return wanted.name ?? `${wanted.prefix ?? name.replace(ODD_CHARACTERS, '-').toLowerCase()}-${uuid}`;
}

/** The IQN at which a client finds a group; `target`: from 0, one of the client's virtual targets. */
export function iqnOf({ targetName }: Pick<VolumeGroupRecord, 'targetName'>, target = 0): string {
  return `${IQN_PREFIX}:${targetName}-tgt${String(target)}`;
}

/**
 * The client that calls itself so on this cluster: the known one with what the request says newly, or a new one, which
 * is not kept yet. Throws a Refusal.
 */
export function clientFor(store: Store, clusterUuid: string, options: IscsiClientOptions): IscsiClientRecord {
  const { initiator } = options;
  if (initiator === undefined) {
    const message = 'Exactly one of iscsiInitiatorName and iscsiInitiatorNetworkId is needed.';
    throw broken('INVALID_ARGUMENT', message);
  }
  const known = store.iscsiClients.find(
    (client) =>
      client.clusterUuid === clusterUuid &&
      client.initiator.type === initiator.type &&
      client.initiator.value === initiator.value,
  );
  if (known !== undefined) return changedClient(known, options);
  const { site, projectUuid, virtualTargets = VIRTUAL_TARGETS } = options;
  const client: IscsiClientRecord = {
    uuid: randomUUID(),
    clusterUuid,
    initiator,
    authentication: 'NONE',
    virtualTargets,
    site,
    projectUuid,
    revision: 0,
  };
  return changedClient(client, options);
}

/** The client as a request wants it; the record itself stays as it is. Throws a Refusal. */
export function changedClient(client: IscsiClientRecord, options: IscsiClientOptions): IscsiClientRecord {
  const { initiator, virtualTargets, authentication = client.authentication, site = client.site } = options;
  const isSame = initiator?.type === client.initiator.type && initiator.value === client.initiator.value;
  if (initiator !== undefined && !isSame) {
    throw broken('INVALID_ARGUMENT', 'The initiator of an iSCSI client cannot be changed.');
  }
  if (virtualTargets !== undefined && virtualTargets !== client.virtualTargets) {
    throw broken('INVALID_ARGUMENT', 'The number of virtual targets of an iSCSI client cannot be changed.');
  }
  if (authentication === 'NONE' && options.secret !== undefined) {
    throw broken('INVALID_ARGUMENT', 'A client secret needs enabledAuthentications CHAP.');
  }
  const secret = authentication === 'NONE' ? undefined : (options.secret ?? client.secret);
  if (authentication === 'CHAP' && secret === undefined) {
    throw broken('INVALID_ARGUMENT', 'CHAP needs a client secret.');
  }
  const projectUuid = options.projectUuid ?? client.projectUuid;
  return { ...client, authentication, secret, site, projectUuid, revision: client.revision + 1 };
}

/** The groups that a client has. */
export function groupsOf(store: Store, clientUuid: string): VolumeGroupRecord[] {
  return store.volumeGroups.toArray().filter(({ clientUuids }) => clientUuids.includes(clientUuid));
}
