import { z } from 'zod';
import { body, entityMembers, extIdShape, readOnly } from '../message/request-body.js';

const authentication = z.enum(['CHAP', 'NONE']);
const flashMode = body({ flashMode: body({ isEnabled: z.boolean().optional() }).optional() });

const source = body({
  extId: extIdShape,
  entityType: z.enum(['STORAGE_CONTAINER', 'VOLUME_DISK', 'VM_DISK', 'DISK_RECOVERY_POINT']),
  name: readOnly,
  uris: readOnly,
});

/** Of POST and PUT of a disk. Names and limits of this file: Nutanix's models of volumes 4.3, and reference v4 6. */
export const volumeDiskBody = body({
  ...entityMembers,
  index: z.int().min(0).max(16_383).optional(),
  diskSizeBytes: z.int().min(524_288).max(219_902_325_555_200).optional(),
  storageContainerId: readOnly,
  description: z.string().max(1000).optional(),
  diskDataSourceReference: source.optional(),
  diskStorageFeatures: flashMode.optional(),
});

const groupMembers = {
  ...entityMembers,
  description: z.string().max(1000).optional(),
  shouldLoadBalanceVmAttachments: z.boolean().optional(),
  sharingStatus: z.enum(['SHARED', 'NOT_SHARED']).optional(),
  enabledAuthentications: authentication.optional(),
  iscsiFeatures: body({
    targetSecret: z.string().min(1).optional(),
    enabledAuthentications: authentication.optional(),
  }).optional(),
  createdBy: z.string().max(512).optional(),
  storageFeatures: flashMode.optional(),
  usageType: z.enum(['USER', 'INTERNAL', 'TEMPORARY', 'BACKUP_TARGET']).optional(),
  attachmentType: readOnly,
  protocol: readOnly,
  isHidden: z.boolean().optional(),
  attachments: readOnly,
  hydrationStatus: readOnly,
};

const NAME = z.string().min(1).max(256);

/** Of POST of a group. */
export const newGroupBody = body({
  ...groupMembers,
  name: NAME,
  clusterReference: extIdShape,
  targetPrefix: z
    .string()
    .max(512)
    .regex(/^[\da-zA-Z:.-]+$/)
    .optional(),
  targetName: z.string().min(12).max(512).optional(),
  disks: z.array(volumeDiskBody).max(256).optional(),
  projectExtId: extIdShape.optional(),
});

/** Of PUT of a group: its disks have calls of their own. */
export const groupChangeBody = body({
  ...groupMembers,
  name: NAME.optional(),
  clusterReference: extIdShape.optional(),
  targetPrefix: readOnly,
  targetName: z.string().optional(),
  disks: readOnly,
  projectExtId: extIdShape.optional(),
});

/** Of attach-vm and detach-vm. */
export const vmAttachmentBody = body({ extId: extIdShape, index: z.int().min(0).optional() });

const address = (prefix: number): z.ZodType<{ readonly value: string }> =>
  body({ value: z.string().min(1), prefixLength: z.int().min(0).max(prefix).optional() });

/** Of attach-iscsi-client, and of PUT of a client. */
export const iscsiClientBody = body({
  ...entityMembers,
  extId: extIdShape.optional(),
  iscsiInitiatorName: z.string().min(1).max(64).optional(),
  iscsiInitiatorNetworkId: body({
    ipv4: address(32).optional(),
    ipv6: address(128).optional(),
    fqdn: body({ value: z.string().min(1) }).optional(),
  }).optional(),
  clientSecret: z.string().min(1).optional(),
  enabledAuthentications: authentication.optional(),
  attachedTargets: readOnly,
  numVirtualTargets: z.int().min(1).max(32).optional(),
  clusterReference: readOnly,
  attachmentSite: z.enum(['PRIMARY', 'SECONDARY']).optional(),
  projectExtId: extIdShape.optional(),
});

/** Of detach-iscsi-client: a client is named by its id alone. */
export const clientDetachmentBody = body({
  ...entityMembers,
  extId: extIdShape,
  clusterReference: readOnly,
});

/** Of associate-category and disassociate-category. */
export const groupCategoriesBody = body({
  categories: z
    .array(
      body({
        extId: extIdShape,
        entityType: z.literal('CATEGORY').optional(),
        name: readOnly,
        uris: readOnly,
      }),
    )
    .min(1)
    .max(256),
});

export const revertBody = body({ volumeGroupRecoveryPointExtId: extIdShape });

export type VolumeDiskBody = z.infer<typeof volumeDiskBody>;
export type NewGroupBody = z.infer<typeof newGroupBody>;
export type GroupChangeBody = z.infer<typeof groupChangeBody>;
export type IscsiClientBody = z.infer<typeof iscsiClientBody>;
