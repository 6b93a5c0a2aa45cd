import type { CallContext, VolumeId } from '../../../provider/index.js';
import type { V4Backend } from '../backend.js';
import { changeEntity } from '../change.js';
import { getGroup, groupPath, type ReadGroup } from './group.js';

/** The group goes back as it was read, with another name and description. */
export async function renameVolume(
  backend: V4Backend,
  id: VolumeId,
  { name, description }: { readonly name: string; readonly description: string },
  context: CallContext,
): Promise<void> {
  const attempted = `rename volume group ${id} to "${name}"`;
  const change = {
    attempted,
    entity: 'the volume group',
    read: async () => await getGroup(backend, id, attempted, context),
    isDone: ({ group }: ReadGroup) => group.name === name && (group.description ?? '') === description,
    request: ({ raw, etag }: ReadGroup) =>
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
