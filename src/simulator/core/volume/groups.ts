import type { Asked, EntityRecord } from '../store/entity.js';
import type { Store } from '../store/store.js';
import type { VolumeGroupRecord } from '../store/volume-records.js';
import { checkDetached, vmAttachmentsOf } from './attachments.js';
import { addDisk, type VolumeDiskOptions } from './disks.js';
import { targetNameOf } from './iscsi.js';
import { broken, existing } from './refusals.js';

/** What a client asks for; what is absent is the server's to choose, or stays as it is in a change. */
export type VolumeGroupOptions = Asked<
  Pick<
    VolumeGroupRecord,
    | 'shared'
    | 'usage'
    | 'authentication'
    | 'targetSecret'
    | 'flashMode'
    | 'loadBalanced'
    | 'hidden'
    | 'createdBy'
  >
>;

/** What is said of a group only when it is made. */
export interface NewVolumeGroup extends VolumeGroupOptions {
  readonly clusterUuid: string;
  readonly target: { readonly name?: string | undefined; readonly prefix?: string | undefined };
  readonly disks: readonly VolumeDiskOptions[];
  /** Makes the ids of its disks; random UUIDs when absent. */
  readonly newId?: (() => string) | undefined;
}

/** A group with its disks, not in the store yet. Names need not be unique. Throws a Refusal. */
export function newVolumeGroup(
  store: Store,
  entity: EntityRecord,
  options: NewVolumeGroup,
): VolumeGroupRecord {
  const { clusterUuid, target, disks, newId } = options;
  const cluster = existing(store.clusters, 'cluster', clusterUuid);
  if (cluster.service !== 'AOS') {
    throw broken('INVALID_ARGUMENT', `Cluster ${cluster.name} (${clusterUuid}) has no storage.`);
  }
  const group: VolumeGroupRecord = {
    ...entity,
    clusterUuid,
    shared: options.shared ?? false,
    usage: options.usage ?? 'USER',
    targetName: targetNameOf(entity, target),
    authentication: options.authentication,
    targetSecret: options.targetSecret,
    flashMode: options.flashMode ?? false,
    loadBalanced: options.loadBalanced ?? false,
    hidden: options.hidden ?? false,
    createdBy: options.createdBy,
    disks: [],
    clientUuids: [],
  };
  for (const disk of disks) addDisk(store, group, disk, newId);
  return group;
}

/** A change may say what cannot change, as long as it is what the group has. */
export interface VolumeGroupChange extends VolumeGroupOptions {
  readonly clusterUuid?: string | undefined;
  readonly targetName?: string | undefined;
}

/** Throws a Refusal; nothing has changed then. */
export function changeGroup(store: Store, group: VolumeGroupRecord, options: VolumeGroupChange): void {
  const { clusterUuid = group.clusterUuid, targetName = group.targetName } = options;
  if (clusterUuid !== group.clusterUuid || targetName !== group.targetName) {
    const message = `The cluster and the target name of volume group ${group.name} cannot be changed.`;
    throw broken('INVALID_ARGUMENT', message);
  }
  const { shared = group.shared, loadBalanced = group.loadBalanced } = options;
  const attachments = group.clientUuids.length + vmAttachmentsOf(store, group.uuid).length;
  if (!shared && attachments > 1) {
    const message = `Volume group ${group.name} has ${String(attachments)} attachments and stays SHARED.`;
    throw broken('VOLUME_GROUP_NOT_SHARED', message);
  }
  if (loadBalanced && group.clientUuids.length > 0) {
    const message = `Volume group ${group.name} is attached to iSCSI clients; the load of VMs cannot be balanced.`;
    throw broken('VOLUME_GROUP_LOAD_BALANCED', message);
  }
  Object.assign(group, {
    shared,
    loadBalanced,
    usage: options.usage ?? group.usage,
    authentication: options.authentication ?? group.authentication,
    targetSecret: options.targetSecret ?? group.targetSecret,
    flashMode: options.flashMode ?? group.flashMode,
    hidden: options.hidden ?? group.hidden,
    createdBy: options.createdBy ?? group.createdBy,
  });
}

/** Deletes a group with its disks; recovery points of it stay. Throws a Refusal while anything has it. */
export function deleteGroup(store: Store, groupUuid: string): void {
  const group = existing(store.volumeGroups, 'volume_group', groupUuid);
  checkDetached(store, group, 'deleted');
  store.volumeGroups.delete(groupUuid);
}
