import { z } from 'zod';
import { entityShape } from './entity.js';

/** Where the content of a disk came from when it was made. */
const diskSourceShape = z.object({
  type: z.enum(['STORAGE_CONTAINER', 'VOLUME_DISK', 'VM_DISK', 'DISK_RECOVERY_POINT']),
  uuid: z.string(),
});

const volumeDiskShape = z.object({
  uuid: z.string(),
  /** Its LUN; never changes. */
  index: z.int(),
  sizeBytes: z.int(),
  containerUuid: z.string(),
  description: z.string().optional(),
  flashMode: z.boolean(),
  source: diskSourceShape,
});

/**
 * Disks that are attached together. Which VMs have it is told by the VMs' disks alone, see `vmAttachmentsOf`: nothing
 * is kept twice.
 */
export const volumeGroupShape = entityShape.extend({
  clusterUuid: z.string(),
  /** False: one attachment at a time. */
  shared: z.boolean(),
  usage: z.enum(['USER', 'INTERNAL', 'TEMPORARY', 'BACKUP_TARGET']),
  /** Within the IQN of its iSCSI targets. */
  targetName: z.string(),
  authentication: z.enum(['CHAP', 'NONE']).optional(),
  /** The group's own secret, for clients that want to know whom they talk to; never given back. */
  targetSecret: z.string().optional(),
  flashMode: z.boolean(),
  /** Whether the load of attached VMs is spread; excludes iSCSI clients. */
  loadBalanced: z.boolean(),
  hidden: z.boolean(),
  createdBy: z.string().optional(),
  disks: z.array(volumeDiskShape),
  /** The iSCSI clients that have it. */
  clientUuids: z.array(z.string()),
});

/** How an iSCSI client is recognised: by its IQN, or by where it calls from. */
const initiatorShape = z.object({
  type: z.enum(['name', 'ipv4', 'ipv6', 'fqdn']),
  value: z.string(),
});

/** A client of one cluster; it stays when nothing is attached to it any more. */
export const iscsiClientShape = z.object({
  uuid: z.string(),
  clusterUuid: z.string(),
  initiator: initiatorShape,
  authentication: z.enum(['CHAP', 'NONE']),
  /** Never given back. */
  secret: z.string().optional(),
  virtualTargets: z.int(),
  site: z.enum(['PRIMARY', 'SECONDARY']).optional(),
  projectUuid: z.string().optional(),
  revision: z.int(),
});

/** A group as it was at one moment. */
const groupRecoveryPointShape = z.object({
  uuid: z.string(),
  group: volumeGroupShape,
  disks: z.array(z.object({ uuid: z.string(), disk: volumeDiskShape })),
});

export const recoveryPointShape = z.object({
  uuid: z.string(),
  name: z.string().optional(),
  type: z.enum(['CRASH_CONSISTENT', 'APPLICATION_CONSISTENT']),
  /** ms since 1970, as all times here. */
  createdAt: z.number(),
  expiresAt: z.number().optional(),
  /** A user. */
  ownerUuid: z.string(),
  groups: z.array(groupRecoveryPointShape),
});

export type VolumeDisk = z.infer<typeof volumeDiskShape>;
export type VolumeDiskSource = z.infer<typeof diskSourceShape>;
export type VolumeGroupRecord = z.infer<typeof volumeGroupShape>;
export type Initiator = z.infer<typeof initiatorShape>;
export type IscsiClientRecord = z.infer<typeof iscsiClientShape>;
export type GroupRecoveryPoint = z.infer<typeof groupRecoveryPointShape>;
export type RecoveryPointRecord = z.infer<typeof recoveryPointShape>;
