import { z } from 'zod';
import { body, choice, extIdShape, readOnly } from '../message/request-body.js';

/** Of POST and PUT of an image. Names and limits: Nutanix's models of vmm 4.3. */
export const imageBody = body({
  extId: readOnly,
  name: z.string().min(1),
  description: z.string().max(1000).optional(),
  type: z.enum(['DISK_IMAGE', 'ISO_IMAGE']),
  checksum: z
    .discriminatedUnion('$objectType', [
      choice('vmm.v4.content.ImageSha1Checksum', { hexDigest: z.string() }),
      choice('vmm.v4.content.ImageSha256Checksum', { hexDigest: z.string() }),
    ])
    .optional(),
  sizeBytes: readOnly,
  source: z
    .discriminatedUnion('$objectType', [
      choice('vmm.v4.content.UrlSource', {
        url: z.string().min(1),
        shouldAllowInsecureUrl: z.boolean().optional(),
        basicAuth: body({ username: z.string(), password: z.string() }).optional(),
      }),
      choice('vmm.v4.content.VmDiskSource', { extId: extIdShape, vmExtId: readOnly }),
    ])
    .optional(),
  categoryExtIds: z.array(extIdShape).optional(),
  clusterLocationExtIds: z.array(extIdShape).optional(),
  contentRepositoryExtId: readOnly,
  contentRepositoryName: readOnly,
  createTime: readOnly,
  lastUpdateTime: readOnly,
  ownerExtId: readOnly,
  ownerName: readOnly,
  placementPolicyStatus: readOnly,
  projectExtId: readOnly,
  isSharedWithAllProjects: readOnly,
  links: readOnly,
  tenantId: readOnly,
});

export type ImageBody = z.infer<typeof imageBody>;
