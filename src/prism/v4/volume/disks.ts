import { z } from 'zod';
import type { CallContext, VolumeDisk, VolumeId } from '../../../provider/index.js';
import { maybe } from '../../shared/index.js';
import type { V4Backend } from '../backend.js';
import { listAll } from '../list.js';
import type { EntityPlace } from '../read-entity.js';
import { groupPath } from './group.js';

/** Reference v4 6.2. */
const disk = z.looseObject({
  extId: z.string(),
  index: maybe.number,
  diskSizeBytes: maybe.number,
  storageContainerId: maybe.text,
});

/** The disks of a group in their order. A group that is not there is an OperationError `not-found`. */
export async function listDisks(
  { api }: V4Backend,
  id: VolumeId,
  attempted: string,
  { signal }: CallContext,
): Promise<readonly VolumeDisk[]> {
  const list = { namespace: 'volumes', path: `${groupPath(id)}/disks`, item: disk } as const;
  const all = await listAll(api, list, { attempted, signal });
  return all.map(diskFrom).toSorted((a, b) => a.index - b.index);
}

/** A disk of a group as a place to read. */
export function diskAt(id: VolumeId, diskId: string): EntityPlace<VolumeDisk> {
  const path = `${groupPath(id)}/disks/${encodeURIComponent(diskId)}`;
  return { namespace: 'volumes', path, shape: disk.transform(diskFrom) };
}

function diskFrom({ extId, index, diskSizeBytes, storageContainerId }: z.infer<typeof disk>): VolumeDisk {
  return {
    id: extId,
    index: index ?? 0,
    sizeBytes: diskSizeBytes ?? 0,
    storageContainer: storageContainerId,
  };
}
