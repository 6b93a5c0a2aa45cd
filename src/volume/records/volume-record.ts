import { z } from 'zod';

const optionsShape = z.array(z.string());

const addressShape = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('vm'),
    diskId: z.string(),
    scsiTarget: z.number().optional(),
    lun: z.number(),
    sizeBytes: z.number(),
  }),
  z.object({
    kind: z.literal('iscsi'),
    diskId: z.string(),
    portal: z.string(),
    targetName: z.string(),
    lun: z.number(),
  }),
]);

/** What this host knows of a volume and does with it. */
export const volumeRecordShape = z.object({
  version: z.literal(1),
  id: z.string().regex(/^[\w-]{1,64}$/),
  name: z.string(),
  sizeBytes: z.number(),
  filesystem: z.enum(['xfs', 'ext4']).optional(),
  madeAt: z.string().optional(),
  /**
   * Stands here from before it is asked for until after it is given back, so that whatever happens in between is known.
   * `by`: this host attached it, and gives it back after the last use; or a controller did, and that gives it back.
   */
  attachment: z
    .object({
      by: z.enum(['node', 'controller']),
      /** Absent = asked for, not known to be done. */
      address: addressShape.optional(),
      /** Since when nothing uses it, as time of day: it is to be given back. */
      idleSince: z.string().optional(),
    })
    .optional(),
  /** The file system is mounted here, or is about to be. */
  mount: z.object({ target: z.string(), folder: z.string().optional() }).optional(),
  /** Who has it by `mount`. */
  users: z.array(z.string()).default([]),
  /** Those of `users` of whom it is not known that they got the answer to their `mount`. */
  unanswered: z.array(z.string()).default([]),
  /** Those of `users` whom an earlier process has counted, and since when this host wonders whether they live. */
  inherited: z.array(z.object({ user: z.string(), since: z.string() })).default([]),
  /** Who has it by `stage` and `publish`. */
  stagings: z
    .array(
      z.object({
        stagingPath: z.string(),
        filesystem: z
          .object({ type: z.enum(['xfs', 'ext4']).optional(), mountOptions: optionsShape })
          .optional(),
        targets: z.array(z.object({ targetPath: z.string(), readOnly: z.boolean() })),
      }),
    )
    .default([]),
});

export type VolumeRecord = z.infer<typeof volumeRecordShape>;
export type Staging = VolumeRecord['stagings'][number];
/** How the device of an attached volume is found, without the secret that goes with it. */
export type RecordedAddress = z.infer<typeof addressShape>;

/** True while something on this host has the volume. */
export function isInUse({ users, stagings }: VolumeRecord): boolean {
  return users.length > 0 || stagings.length > 0;
}
