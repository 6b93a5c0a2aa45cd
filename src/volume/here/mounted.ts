import { join } from 'node:path';
import type { FilesystemType, MountEntry } from '../../node/index.js';
import type { CallContext } from '../../provider/index.js';
import { OperationError } from '../../support/index.js';
import type { VolumeCore } from '../core.js';
import { tagIn, withTag, type VolumeTag } from '../identity/tag.js';
import type { VolumeRecord } from '../records/volume-record.js';
import { deviceHere, type HeldVolume } from './attached.js';
import { folderOfVolume } from './folder.js';

/** Bytes that xfs has for a label. */
const LONGEST_LABEL = 12;

/** What the file system of a volume is asked to be, beyond what its tag says. */
export interface FilesystemWish {
  readonly type?: FilesystemType | undefined;
  readonly mountOptions?: readonly string[] | undefined;
}

/** Mounts the file system of a volume that this host holds; makes it first on a device that never had one. */
export async function mountFilesystem(
  core: VolumeCore,
  held: HeldVolume,
  wish: FilesystemWish,
  attempted: string,
  context: CallContext,
): Promise<VolumeRecord> {
  const { node, logger } = core.parts;
  const { volume, device } = held;
  const tag = tagIn(volume.description);
  const type = await filesystemOn(core, held, tag, wish, attempted, context);
  await claim(core, held, 'filesystem', context);
  const target = join(await core.mountFolder(), volume.id);
  let record: VolumeRecord = { ...held.record, filesystem: type, mount: { target } };
  await core.records.put(record);
  // A copy has the identifier of its original, and xfs refuses the second one of two that are mounted.
  const isCopy = tag?.from !== undefined && type === 'xfs';
  const options = [...(wish.mountOptions ?? []), ...(tag?.mountOptions ?? []), ...(isCopy ? ['nouuid'] : [])];
  await node.mount({ device, target, type, options: [...new Set(options)] }, context.signal);
  const folder = await folderOfVolume(target, tag, attempted);
  // The volume may have been grown while no host had it; a file system that fills its device is left as it is.
  await node.growFilesystem(target, context.signal).catch((error: unknown) => {
    logger.warn(OperationError.from(error, `${attempted}, grow its file system`).message);
  });
  record = { ...record, mount: { target, folder } };
  await core.records.put(record);
  return record;
}

/** What is mounted there, if the file system of this record is and its device is still there. */
export async function mountHere(
  core: VolumeCore,
  record: VolumeRecord,
  signal: AbortSignal,
): Promise<MountEntry | undefined> {
  const { mount } = record;
  if (mount?.folder === undefined) return undefined;
  const entry = (await core.parts.node.mounts()).findLast(({ target }) => target === mount.target);
  return entry !== undefined && (await deviceHere(core, record, signal)) !== undefined ? entry : undefined;
}

/**
 * Says in the volume's tag, before the first byte can be written to it, what it is used for. A device that was used is never
 * formatted again, however blank it seems later.
 */
export async function claim(
  core: VolumeCore,
  { volume }: HeldVolume,
  use: 'filesystem' | 'block',
  context: CallContext,
): Promise<void> {
  const tag = tagIn(volume.description);
  if (tag === undefined || tag.used !== undefined) return;
  const { id, name, description } = volume;
  await core.parts.volumes.rename(
    id,
    { name, description: withTag(description, { ...tag, used: use }) },
    context,
  );
}

async function filesystemOn(
  core: VolumeCore,
  { device, volume }: HeldVolume,
  tag: VolumeTag | undefined,
  wish: FilesystemWish,
  attempted: string,
  context: CallContext,
): Promise<FilesystemType> {
  const { node } = core.parts;
  const refused = (problem: string, advice: string): OperationError =>
    new OperationError({ code: 'conflict', attempted, problem, advice });
  const content = await node.inspect(device, context.signal);
  if (content.kind === 'filesystem') {
    if (wish.type === undefined || wish.type === content.type) return content.type;
    throw refused(`it holds ${content.type}, not ${wish.type}`, 'Ask for the file system that it has.');
  }
  if (content.kind === 'foreign') {
    throw refused(
      `${device} holds ${content.what}; nothing was changed`,
      'A volume is mounted when one xfs or ext4 fills its device. Use what is there as a block device, or copy it.',
    );
  }
  if (tag?.fs === undefined) {
    const advice = 'It was not made by this program to hold one, so it is not formatted. Format it yourself.';
    throw refused('it holds no file system', advice);
  }
  if (tag.used !== undefined) {
    throw refused(
      `it was used as a ${tag.used === 'block' ? 'block device' : 'file system'} before and seems blank now; nothing was changed`,
      `Look at ${device} on this host. If it may be formatted for certain, do so yourself, then try again.`,
    );
  }
  const type = wish.type ?? tag.fs;
  context.progress(`${attempted}: formatting ${device} with ${type}`);
  await node.format(device, type, { label: `nv-${volume.name}`.slice(0, LONGEST_LABEL) }, context.signal);
  return type;
}
