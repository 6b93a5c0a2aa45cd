import { categoryIds } from '../../core/categories.js';
import type {
  Initiator,
  IscsiClientRecord,
  VolumeDisk,
  VolumeGroupRecord,
} from '../../core/store/volume-records.js';
import { groupsOf, iqnOf, vmAttachmentsOf, type GroupAttachment } from '../../core/volume/index.js';
import { typed } from '../message/typed.js';
import type { V4World } from '../world.js';

type Json = Record<string, unknown>;

/** The minor version that brought the list of attachments, and the one with projects (reference v4 1.2). */
const WITH_ATTACHMENTS = 1;
const WITH_PROJECT = 3;

/** What the types of this namespace begin with. */
export const VOLUME_MODEL = 'volumes.v4.config';

/** The type of an object of this namespace. */
export function volumeType(name: string): string {
  return `${VOLUME_MODEL}.${name}`;
}

/** A group as GET and lists show it; its secret is never shown. Source: reference v4 6.1, Nutanix's models. */
export function groupView(world: V4World, minor: number, group: VolumeGroupRecord): Json {
  const { served, store } = world;
  const vms = vmAttachmentsOf(store, group.uuid);
  const { authentication, clientUuids } = group;
  return typed(served, volumeType('VolumeGroup'), {
    extId: group.uuid,
    name: group.name,
    description: group.description,
    shouldLoadBalanceVmAttachments: group.loadBalanced,
    sharingStatus: group.shared ? 'SHARED' : 'NOT_SHARED',
    targetName: group.targetName,
    iscsiFeatures:
      authentication &&
      typed(served, volumeType('IscsiFeatures'), { enabledAuthentications: authentication }),
    createdBy: group.createdBy,
    clusterReference: group.clusterUuid,
    storageFeatures: flashModeView(world, 'StorageFeatures', group.flashMode),
    usageType: group.usage,
    attachmentType: vms.length > 0 ? 'DIRECT' : clientUuids.length > 0 ? 'EXTERNAL' : 'NONE',
    protocol: clientUuids.length > 0 ? 'ISCSI' : 'NOT_ASSIGNED',
    isHidden: group.hidden,
    attachments: minor >= WITH_ATTACHMENTS ? attachmentViews(world, group, vms) : undefined,
    projectExtId: minor >= WITH_PROJECT ? group.projectUuid : undefined,
  });
}

function attachmentViews(world: V4World, group: VolumeGroupRecord, vms: readonly GroupAttachment[]): Json[] {
  const all = [
    ...vms.map((attachment) => vmAttachmentView(world, attachment)),
    ...group.clientUuids.map((uuid) => clientAttachmentView(world, group, uuid)),
  ];
  return all.map((attachment) => typed(world.served, volumeType('VGAttachment'), { attachment }));
}

export function vmAttachmentView({ served }: V4World, { vm, disk }: GroupAttachment): Json {
  return typed(served, volumeType('VmAttachment'), { extId: vm.uuid, index: disk.index });
}

export function clientAttachmentView(
  { served }: V4World,
  { clusterUuid }: VolumeGroupRecord,
  clientUuid: string,
): Json {
  const fields = { extId: clientUuid, clusterReference: clusterUuid };
  return typed(served, volumeType('IscsiClientAttachment'), fields);
}

/** Where a disk came from is not told once it is there, but on which container it is. */
export function volumeDiskView(world: V4World, disk: VolumeDisk): Json {
  return typed(world.served, volumeType('VolumeDisk'), {
    extId: disk.uuid,
    index: disk.index,
    diskSizeBytes: disk.sizeBytes,
    storageContainerId: disk.containerUuid,
    description: disk.description,
    diskStorageFeatures: flashModeView(world, 'DiskStorageFeatures', disk.flashMode),
  });
}

function flashModeView({ served }: V4World, type: string, isEnabled: boolean): Json {
  const flashMode = typed(served, volumeType('FlashMode'), { isEnabled });
  return typed(served, volumeType(type), { flashMode });
}

/** An iSCSI client; its secret is never shown. */
export function iscsiClientView(world: V4World, minor: number, client: IscsiClientRecord): Json {
  const { served, store } = world;
  const { initiator, virtualTargets: numVirtualTargets } = client;
  return typed(served, volumeType('IscsiClient'), {
    extId: client.uuid,
    iscsiInitiatorName: initiator.type === 'name' ? initiator.value : undefined,
    iscsiInitiatorNetworkId: networkIdView(world, initiator),
    enabledAuthentications: client.authentication,
    attachedTargets: groupsOf(store, client.uuid).map((group) => {
      const fields = { iscsiTargetName: iqnOf(group), numVirtualTargets };
      return typed(served, volumeType('TargetParam'), fields);
    }),
    clusterReference: client.clusterUuid,
    attachmentSite: client.site,
    projectExtId: minor >= WITH_PROJECT ? client.projectUuid : undefined,
  });
}

/** undefined for a client that is recognised by its name. */
function networkIdView({ served }: V4World, { type, value }: Initiator): Json | undefined {
  if (type === 'name') return undefined;
  const { objectType, prefixLength } = ADDRESS_FORMS[type];
  const inner = typed(served, `common.v1.config.${objectType}`, { value, prefixLength });
  return typed(served, 'common.v1.config.IPAddressOrFQDN', { [type]: inner });
}

const ADDRESS_FORMS = {
  ipv4: { objectType: 'IPv4Address', prefixLength: 32 },
  ipv6: { objectType: 'IPv6Address', prefixLength: 128 },
  fqdn: { objectType: 'FQDN', prefixLength: undefined },
} as const;

/** What `$expand=metadata` adds to a group. */
export function groupMetadataView({ served, store }: V4World, group: VolumeGroupRecord): Json {
  const metadata = { ownerReference: group.owner.uuid, categoryIds: categoryIds(store, group) };
  const type = volumeType('VolumeGroupMetadataProjection');
  return { ...PROJECTION, volumeGroupMetadataProjection: typed(served, type, metadata) };
}

/** What `$expand=cluster` adds to a group. */
export function groupClusterView({ served, store }: V4World, group: VolumeGroupRecord): Json {
  const { clusterUuid } = group;
  const cluster = { clusterExtId: clusterUuid, clusterName: store.clusters.get(clusterUuid)?.name };
  return { ...PROJECTION, clusterProjection: typed(served, volumeType('ClusterProjection'), cluster) };
}

/** A group with something expanded is an object of another type. */
const PROJECTION = { $objectType: volumeType('VolumeGroupProjection') };
