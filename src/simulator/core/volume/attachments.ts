import type { Store } from '../store/store.js';
import type { VmDisk, VmRecord } from '../store/vm-record.js';
import type { IscsiClientRecord, VolumeGroupRecord } from '../store/volume-records.js';
import { Refusal } from '../refusal.js';
import { broken, existing } from './refusals.js';

/** Devices that one virtio-scsi controller of AHV takes. */
const SCSI_PLACES = 256;

export interface GroupAttachment {
  readonly vm: VmRecord;
  readonly disk: VmDisk;
}

/** The VMs that have a group, with the entries in their disks that say so. */
export function vmAttachmentsOf(store: Store, groupUuid: string): GroupAttachment[] {
  return [...store.vms].flatMap((vm) =>
    vm.config.disks
      .filter(({ volumeGroupUuid }) => volumeGroupUuid === groupUuid)
      .map((disk) => ({ vm, disk })),
  );
}

export function isAttached(store: Store, group: VolumeGroupRecord): boolean {
  return group.clientUuids.length > 0 || vmAttachmentsOf(store, group.uuid).length > 0;
}

/** Throws when a group has to stay as it is for what holds it. `what`: what cannot be done, e.g. `deleted`. */
export function checkDetached(store: Store, group: VolumeGroupRecord, what: string): void {
  if (!isAttached(store, group)) return;
  const message = `Volume group ${group.name} (${group.uuid}) is attached and cannot be ${what}.`;
  throw broken('VOLUME_GROUP_ATTACHED', message);
}

/** Whether a VM can have a group. `vmUuid`: absent for one that is being made. Throws a Refusal. */
export function checkVmAttachable(
  store: Store,
  groupUuid: string,
  { vmUuid, clusterUuid }: { readonly vmUuid?: string | undefined; readonly clusterUuid: string },
): void {
  const group = existing(store.volumeGroups, 'volume_group', groupUuid);
  if (group.clusterUuid !== clusterUuid) {
    const where = `cluster ${group.clusterUuid}, the VM on ${clusterUuid}`;
    throw broken('VOLUME_GROUP_CLUSTER_MISMATCH', `Volume group ${group.name} is on ${where}.`);
  }
  if (vmAttachmentsOf(store, groupUuid).some(({ vm }) => vm.uuid === vmUuid)) {
    const message = `Volume group ${group.name} is attached to VM ${String(vmUuid)} already.`;
    throw broken('VOLUME_GROUP_ATTACHED', message);
  }
  checkSharing(store, group);
}

/** Puts the group among the VM's disks, at `index` of its SCSI bus or the first free one. Throws a Refusal. */
export function attachToVm(
  store: Store,
  group: VolumeGroupRecord,
  vm: VmRecord,
  { uuid, index }: { readonly uuid: string; readonly index?: number | undefined },
): VmDisk {
  if (!vm.made || vm.deleting || !store.vms.has(vm.uuid)) throw Refusal.notFound('vm', vm.uuid);
  checkVmAttachable(store, group.uuid, { vmUuid: vm.uuid, clusterUuid: vm.clusterUuid });
  const place = freeScsiIndex(vm, index);
  const disk: VmDisk = {
    uuid,
    type: 'VOLUME_GROUP',
    adapter: 'SCSI',
    index: place,
    volumeGroupUuid: group.uuid,
    extras: {},
  };
  vm.config = { ...vm.config, disks: [...vm.config.disks, disk] };
  return disk;
}

export function detachFromVm(store: Store, group: VolumeGroupRecord, vm: VmRecord): void {
  if (!vmAttachmentsOf(store, group.uuid).some((attachment) => attachment.vm === vm)) {
    const message = `Volume group ${group.name} does not have an attachment to VM ${vm.uuid}.`;
    throw broken('VOLUME_GROUP_NOT_ATTACHED', message);
  }
  const disks = vm.config.disks.filter(({ volumeGroupUuid }) => volumeGroupUuid !== group.uuid);
  vm.config = { ...vm.config, disks };
}

/** Throws a Refusal. */
export function attachToClient(store: Store, group: VolumeGroupRecord, client: IscsiClientRecord): void {
  if (client.clusterUuid !== group.clusterUuid) {
    const message = `iSCSI client ${client.uuid} is not known on cluster ${group.clusterUuid} of the volume group.`;
    throw broken('VOLUME_GROUP_CLUSTER_MISMATCH', message);
  }
  if (group.loadBalanced) {
    const message = `Volume group ${group.name} balances the load of VMs; no iSCSI client can be attached.`;
    throw broken('VOLUME_GROUP_LOAD_BALANCED', message);
  }
  if (group.clientUuids.includes(client.uuid)) {
    const message = `Volume group ${group.name} is attached to iSCSI client ${client.uuid} already.`;
    throw broken('VOLUME_GROUP_ATTACHED', message);
  }
  checkSharing(store, group);
  group.clientUuids = [...group.clientUuids, client.uuid];
}

export function detachFromClient(group: VolumeGroupRecord, clientUuid: string): void {
  if (!group.clientUuids.includes(clientUuid)) {
    const message = `Volume group ${group.name} does not have an attachment to iSCSI client ${clientUuid}.`;
    throw broken('VOLUME_GROUP_NOT_ATTACHED', message);
  }
  group.clientUuids = group.clientUuids.filter((uuid) => uuid !== clientUuid);
}

/**
 * A VM that has a group cannot be deleted [TF #568]; iSCSI clients inside of it do not count: the server does not know
 * that they are there. Throws a Refusal.
 */
export function checkNoGroups({ uuid, config }: VmRecord): void {
  const disk = config.disks.find(({ volumeGroupUuid }) => volumeGroupUuid !== undefined);
  if (disk === undefined) return;
  const place = `${disk.adapter.toLowerCase()}.${String(disk.index)}`;
  const message = `Volume group at ${place} must be detached before deleting VM.`;
  throw new Refusal({ code: 'has-volume-groups', vmUuid: uuid, message });
}

function checkSharing(store: Store, group: VolumeGroupRecord): void {
  if (group.shared || !isAttached(store, group)) return;
  const message = `Volume group ${group.name} is attached already, and its sharing status is NOT_SHARED.`;
  throw broken('VOLUME_GROUP_NOT_SHARED', message);
}

function freeScsiIndex({ config, name }: VmRecord, wanted: number | undefined): number {
  const taken = new Set(config.disks.filter(({ adapter }) => adapter === 'SCSI').map(({ index }) => index));
  if (wanted !== undefined) {
    const isPlace = wanted >= 0 && wanted < SCSI_PLACES;
    if (isPlace && !taken.has(wanted)) return wanted;
    const state = isPlace ? 'in use' : `not one of 0 to ${String(SCSI_PLACES - 1)}`;
    throw broken('SCSI_INDEX_IN_USE', `scsi.${String(wanted)} of VM ${name} is ${state}.`);
  }
  for (let index = 0; index < SCSI_PLACES; index += 1) if (!taken.has(index)) return index;
  throw broken('SCSI_INDEX_IN_USE', `VM ${name} has no free place on its SCSI bus.`);
}
