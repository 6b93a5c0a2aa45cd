import type { Initiator } from '../../core/store/volume-records.js';
import type {
  IscsiClientOptions,
  NewVolumeGroup,
  VolumeDiskOptions,
  VolumeGroupOptions,
} from '../../core/volume/index.js';
import type { GroupChangeBody, IscsiClientBody, NewGroupBody, VolumeDiskBody } from './bodies.js';

/** What a request says of a disk, in the core's words. */
export function diskOptionsOf(input: VolumeDiskBody): VolumeDiskOptions {
  const { index, diskSizeBytes: sizeBytes, description, diskDataSourceReference: source } = input;
  return {
    index,
    sizeBytes,
    description,
    flashMode: input.diskStorageFeatures?.flashMode?.isEnabled,
    source: source && { type: source.entityType, uuid: source.extId },
  };
}

/** What a request says of a group, in the core's words. */
export function groupOptionsOf(input: NewGroupBody | GroupChangeBody): VolumeGroupOptions {
  const { sharingStatus, iscsiFeatures, usageType: usage, isHidden: hidden, createdBy } = input;
  return {
    shared: sharingStatus && sharingStatus === 'SHARED',
    usage,
    authentication: iscsiFeatures?.enabledAuthentications ?? input.enabledAuthentications,
    targetSecret: iscsiFeatures?.targetSecret,
    flashMode: input.storageFeatures?.flashMode?.isEnabled,
    loadBalanced: input.shouldLoadBalanceVmAttachments,
    hidden,
    createdBy,
  };
}

export function newGroupOf(input: NewGroupBody, newId: () => string): NewVolumeGroup {
  const { clusterReference: clusterUuid, targetName: name, targetPrefix: prefix, disks = [] } = input;
  return {
    ...groupOptionsOf(input),
    clusterUuid,
    target: { name, prefix },
    disks: disks.map(diskOptionsOf),
    newId,
  };
}

/** What a request says of an iSCSI client, in the core's words. */
export function clientOptionsOf(input: IscsiClientBody): IscsiClientOptions {
  const { clientSecret: secret, enabledAuthentications: authentication, attachmentSite: site } = input;
  const { numVirtualTargets: virtualTargets, projectExtId: projectUuid } = input;
  const [initiator] = initiatorsOf(input);
  return { initiator, authentication, secret, virtualTargets, site, projectUuid };
}

/** All that a request recognises the client by; exactly one is allowed. */
export function initiatorsOf(input: IscsiClientBody): Initiator[] {
  const { iscsiInitiatorName: name, iscsiInitiatorNetworkId: network = {} } = input;
  const { ipv4, ipv6, fqdn } = network;
  const all: readonly (readonly [Initiator['type'], string | undefined])[] = [
    ['name', name],
    ['ipv4', ipv4?.value],
    ['ipv6', ipv6?.value],
    ['fqdn', fqdn?.value],
  ];
  return all.flatMap(([type, value]) => (value === undefined ? [] : [{ type, value }]));
}
