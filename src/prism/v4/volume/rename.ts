import type { CallContext, VolumeId, VolumeLabel } from '../../../provider/index.js';
import type { V4Backend } from '../backend.js';
import { changeEntity } from '../change.js';
import { readEntity, type ReadEntity } from '../read-entity.js';
import { groupAt, groupPath, type V4Group } from './group.js';

/** The group goes back as it was read, with another name and description. */
export async function renameVolume(
  backend: V4Backend,
  id: VolumeId,
  { name, description }: VolumeLabel,
  context: CallContext,
): Promise<void> {
  const attempted = `rename volume group ${id} to "${name}"`;
  const change = {
    attempted,
    entity: 'the volume group',
    read: async () => await readEntity(backend, groupAt(id), attempted, context),
    isDone: ({ entity: group }: ReadEntity<V4Group>) =>
      group.name === name && (group.description ?? '') === description,
    request: ({ raw, etag }: ReadEntity<V4Group>) =>
      ({
        namespace: 'volumes',
        method: 'PUT',
        path: groupPath(id),
        body: { ...raw, name, description },
        ifMatch: etag,
      }) as const,
  };
  await changeEntity(backend, change, context);
}
