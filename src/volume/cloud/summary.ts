import type { CallContext } from '../../provider/index.js';
import { volumeNameOf, volumeSizeOf, type KnownVolume, type VolumeCore } from '../core.js';
import { removalIn } from '../identity/names.js';
import { tagIn } from '../identity/tag.js';
import type { VolumeRecord } from '../records/volume-record.js';
import type { VolumeSummary } from '../volume-service.js';
import { HolderWords, nodeIdOf } from './holders.js';

/** A volume as front ends show it, from what Prism says and what this host does with it. */
export async function summaryOf(
  core: VolumeCore,
  volume: KnownVolume,
  context: CallContext,
  words = new HolderWords(core, context),
): Promise<VolumeSummary> {
  const tag = tagIn(volume.description);
  const [record, policy, holders] = await Promise.all([
    core.records.get(volume.id).catch(() => undefined),
    core.parts.policy(),
    words.of(volume),
  ]);
  const removal = removalIn(volume.name);
  return {
    id: volume.id,
    name: volumeNameOf(volume, tag),
    sizeBytes: volumeSizeOf(volume),
    filesystem: tag?.fs ?? record?.filesystem,
    holders,
    holderNodes: volume.attachments.map(nodeIdOf),
    mountpoint: record === undefined ? undefined : await mountpointOf(core, record),
    madeAt: tag?.madeAt,
    removed:
      removal === undefined
        ? undefined
        : {
            at: removal.at,
            keptUntil: tag?.keptUntil ?? new Date(removal.at.getTime() + policy.graceMs),
          },
  };
}

/** The same from a record alone. */
export function summaryFrom(record: VolumeRecord, mounted: ReadonlySet<string>): VolumeSummary {
  const { id, name, sizeBytes, filesystem, madeAt, mount } = record;
  return {
    id,
    name,
    sizeBytes,
    filesystem,
    mountpoint: mount !== undefined && mounted.has(mount.target) ? mount.folder : undefined,
    madeAt: madeAt === undefined ? undefined : new Date(madeAt),
  };
}

async function mountpointOf(core: VolumeCore, record: VolumeRecord): Promise<string | undefined> {
  if (record.mount === undefined) return undefined;
  const mounted = (await core.parts.node.mounts()).some(({ target }) => target === record.mount?.target);
  return mounted ? record.mount.folder : undefined;
}
