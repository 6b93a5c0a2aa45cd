import { z } from 'zod';
import type { CallContext, Reference } from '../../../provider/index.js';
import { chooseImage, lenient, type FoundImage, type Wanted } from '../../shared/index.js';
import type { V4Api } from '../api.js';
import { entitiesMeant, named } from './entities.js';

const image = named.extend({
  type: lenient(z.string()),
  sizeBytes: lenient(z.number()),
  clusterLocationExtIds: lenient(z.array(z.string())),
  createTime: lenient(z.string()),
});

/** The image of the system disk. An image has no state; while it is uploaded its size is 0 (reference v4 5). */
export async function findImage(
  api: V4Api,
  name: string,
  cluster: Reference | undefined,
  systemDiskGiB: number | undefined,
  { signal }: CallContext,
): Promise<FoundImage> {
  const wanted: Wanted = { kind: 'image', name };
  const list = { namespace: 'vmm', path: '/content/images', item: image } as const;
  const found = await entitiesMeant(api, list, wanted, signal);
  const candidates = found.map((one) => ({
    id: one.extId,
    name: one.name ?? name,
    incomplete: (one.sizeBytes ?? 0) > 0 ? undefined : 'UPLOADING (size 0)',
    type: one.type,
    sizeBytes: one.sizeBytes,
    clusters: (one.clusterLocationExtIds ?? []).map((id) => ({ id, name: nameOn(id, cluster) })),
    madeAt: one.createTime,
  }));
  return chooseImage(wanted, candidates, cluster, systemDiskGiB);
}

function nameOn(id: string, cluster: Reference | undefined): string | undefined {
  return id === cluster?.id ? cluster.name : undefined;
}
