import type { CallContext, VolumeDisk, VolumeId } from '../../../provider/index.js';
import { OperationError } from '../../../support/index.js';
import type { V4Backend } from '../backend.js';
import { changeEntity } from '../change.js';
import { readEntity, type ReadEntity } from '../read-entity.js';
import { diskAt } from './disks.js';
import { groupPath } from './group.js';

/**
 * Makes a disk larger, also while it is attached. It goes back as it was read, with another size and without its source,
 * which is said at its making only (reference v4 6.2, 3.7).
 */
export async function growDisk(
  backend: V4Backend,
  id: VolumeId,
  diskId: string,
  sizeBytes: number,
  context: CallContext,
): Promise<void> {
  const attempted = `grow disk ${diskId} of volume group ${id} to ${sizeBytes} bytes`;
  const path = `${groupPath(id)}/disks/${encodeURIComponent(diskId)}`;
  const change = {
    attempted,
    entity: 'the disk',
    read: async () => await readEntity(backend, diskAt(id, diskId), attempted, context),
    isDone: ({ entity: disk }: ReadEntity<VolumeDisk>) => disk.sizeBytes === sizeBytes,
    objection: ({ entity: disk }: ReadEntity<VolumeDisk>) =>
      disk.sizeBytes > sizeBytes ? shrinking(disk.sizeBytes, attempted) : undefined,
    request: ({ raw, etag }: ReadEntity<VolumeDisk>) => {
      const body = { ...raw, diskSizeBytes: sizeBytes, diskDataSourceReference: undefined };
      return { namespace: 'volumes', method: 'PUT', path, body, ifMatch: etag } as const;
    },
  };
  await changeEntity(backend, change, context);
}

function shrinking(sizeBytes: number, attempted: string): OperationError {
  return new OperationError({
    code: 'invalid-input',
    attempted,
    problem: `it has ${sizeBytes} bytes already, and a disk never shrinks`,
    advice: 'Ask for at least its size.',
  });
}
