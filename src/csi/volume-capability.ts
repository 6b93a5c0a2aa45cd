import { z } from 'zod';
import { inputError } from '../support/index.js';
import type { FilesystemType, StageRequest } from '../volume/index.js';

/** How an orchestrator wants to use a volume. */
export interface VolumeCapability {
  /** undefined = as a block device. */
  readonly filesystem: StageRequest['filesystem'];
  /** Swarm says it in no other way. */
  readonly readOnly: boolean;
  /** One target on one host, and no other. */
  readonly exclusive: boolean;
}

/** One host at a time; a volume group that several hosts write to would need a file system for that. */
const MODES: Readonly<Record<string, Omit<VolumeCapability, 'filesystem'>>> = {
  SINGLE_NODE_WRITER: { readOnly: false, exclusive: false },
  SINGLE_NODE_READER_ONLY: { readOnly: true, exclusive: false },
  SINGLE_NODE_SINGLE_WRITER: { readOnly: false, exclusive: true },
  SINGLE_NODE_MULTI_WRITER: { readOnly: false, exclusive: false },
};

const FILESYSTEMS: Readonly<Record<string, FilesystemType | undefined>> = { xfs: 'xfs', ext4: 'ext4' };

/** As it is sent; what is missing in it is found by `readCapability`. */
export const capabilityField = z.object({
  block: z.object({}).nullish(),
  mount: z
    .object({ fsType: z.string(), mountFlags: z.array(z.string()), volumeMountGroup: z.string() })
    .nullish(),
  accessMode: z.object({ mode: z.union([z.string(), z.number()]) }).nullish(),
});
export type CapabilityField = z.infer<typeof capabilityField>;

/** One capability that has to be there. */
export const requiredCapability = capabilityField.nullable().transform((capability, context) => {
  if (capability !== null) return capability;
  context.addIssue('has to be given');
  return z.NEVER;
});

/** Throws `invalid-input` for what the driver cannot do. */
export function readCapability(field: CapabilityField, attempted: string): VolumeCapability {
  const problems = capabilityProblems(field);
  const error = inputError(attempted, problems);
  if (error !== undefined) throw error;
  const { readOnly = false, exclusive = false } = modeOf(field) ?? {};
  return { readOnly, exclusive, filesystem: filesystemOf(field) };
}

/** What the driver cannot do of it, a sentence each; empty = it can. */
export function capabilityProblems({ block, mount, accessMode }: CapabilityField): string[] {
  const problems: string[] = [];
  if (!block && !mount) problems.push('volume_capability has neither block nor mount');
  if (modeOf({ accessMode }) === undefined) {
    const mode = accessMode?.mode ?? 'none';
    problems.push(
      `access_mode ${String(mode)} is not possible; a volume is used by one node at a time: ${Object.keys(MODES).join(', ')}`,
    );
  }
  if (mount && mount.fsType !== '' && FILESYSTEMS[mount.fsType] === undefined)
    problems.push(`fs_type "${mount.fsType}" is not possible; xfs and ext4 are`);
  if (mount && mount.volumeMountGroup !== '') problems.push('volume_mount_group is not possible');
  return problems;
}

function modeOf({ accessMode }: Pick<CapabilityField, 'accessMode'>): (typeof MODES)[string] | undefined {
  return MODES[String(accessMode?.mode)];
}

function filesystemOf({ mount }: CapabilityField): VolumeCapability['filesystem'] {
  return mount ? { type: FILESYSTEMS[mount.fsType], mountOptions: mount.mountFlags } : undefined;
}
