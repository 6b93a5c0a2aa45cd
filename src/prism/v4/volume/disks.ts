import { z } from 'zod';
import type { CallContext, VolumeDisk, VolumeId } from '../../../provider/index.js';
import { maybe, rawObject, type RawObject } from '../../shared/index.js';
import type { V4Backend } from '../backend.js';
import { listAll } from '../list.js';
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

/** A disk exactly as the server sent it, with the ETag that a change of it has to name. */
export interface ReadDisk {
  readonly disk: VolumeDisk;
  readonly raw: RawObject;
  readonly etag: string | undefined;
}

export async function getDisk(
  { api }: V4Backend,
  path: string,
  attempted: string,
  { signal }: CallContext,
): Promise<ReadDisk> {
  const answer = rawObject.and(disk);
  const request = { namespace: 'volumes', method: 'GET', path, answer } as const;
  const { data: raw, etag } = await api.send(request, { attempted, signal });
  return { disk: diskFrom(disk.parse(raw)), raw, etag };
}

function diskFrom({ extId, index, diskSizeBytes, storageContainerId }: z.infer<typeof disk>): VolumeDisk {
  return {
    id: extId,
    index: index ?? 0,
    sizeBytes: diskSizeBytes ?? 0,
    storageContainer: storageContainerId,
  };
}
