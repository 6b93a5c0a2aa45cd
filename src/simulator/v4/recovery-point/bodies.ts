import { z } from 'zod';
import { body, entityMembers, extIdShape, readOnly } from '../message/request-body.js';

const MOST_ENTITIES = 32;
const NAME = z.string().min(1).max(256);

/** What a recovery point and its parts say of themselves; only the server does. */
const said = {
  ...entityMembers,
  locationAgnosticId: readOnly,
  projectExtId: readOnly,
  creationTime: readOnly,
  status: readOnly,
  totalExclusiveUsageBytes: readOnly,
  sourceLocation: readOnly,
};

const type = z.enum(['CRASH_CONSISTENT', 'APPLICATION_CONSISTENT']);

/** Of POST. Names and limits: Nutanix's models of dataprotection 4.4, and reference v4 6.6. */
export const recoveryPointBody = body({
  ...said,
  name: NAME.optional(),
  expirationTime: z.iso.datetime({ offset: true }).optional(),
  recoveryPointType: type.optional(),
  ownerExtId: readOnly,
  locationReferences: readOnly,
  isSecure: readOnly,
  vmRecoveryPoints: z.array(z.unknown()).optional(),
  volumeGroupRecoveryPoints: z
    .array(
      body({
        ...said,
        name: NAME.optional(),
        expirationTime: readOnly,
        recoveryPointType: type.optional(),
        consistencyGroupExtId: readOnly,
        diskRecoveryPoints: readOnly,
        volumeGroupExtId: extIdShape,
        volumeGroupCategories: readOnly,
      }),
    )
    .max(MOST_ENTITIES)
    .optional(),
});

/** Of restore: it may be left out; a part that is named is the only one that is restored. */
export const restoreBody = body({
  clusterExtId: extIdShape.optional(),
  vmRecoveryPointRestoreOverrides: z.array(z.unknown()).optional(),
  volumeGroupRecoveryPointRestoreOverrides: z
    .array(
      body({
        volumeGroupRecoveryPointExtId: extIdShape,
        volumeGroupOverrideSpec: body({ name: NAME.optional() }).optional(),
      }),
    )
    .max(MOST_ENTITIES)
    .optional(),
  isInstantRestore: z.boolean().optional(),
});

export const expirationBody = body({ expirationTime: z.iso.datetime({ offset: true }) });

export type RecoveryPointBody = z.infer<typeof recoveryPointBody>;
