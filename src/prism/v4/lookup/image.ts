import { z } from 'zod';
import type { Reference } from '../../../provider/index.js';
import { lenient, maybe, type ImageCandidate } from '../../shared/index.js';
import { named } from './entities.js';

const image = named.extend({
  type: maybe.text,
  sizeBytes: maybe.number,
  clusterLocationExtIds: lenient(z.array(z.string())),
  createTime: maybe.text,
});

/** Where images are looked for. */
export const IMAGES = { namespace: 'vmm', path: '/content/images', item: image } as const;

/** An image as it is compared with others of its name. It has no state; while it is uploaded its size is 0 (reference v4 5). */
export function imageFrom(
  one: z.infer<typeof image>,
  fallback: string,
  cluster: Reference | undefined,
): ImageCandidate {
  return {
    id: one.extId,
    name: one.name ?? fallback,
    incomplete: (one.sizeBytes ?? 0) > 0 ? undefined : 'UPLOADING (size 0)',
    type: one.type,
    sizeBytes: one.sizeBytes,
    clusters: (one.clusterLocationExtIds ?? []).map((id) => ({
      id,
      name: id === cluster?.id ? cluster.name : undefined,
    })),
    madeAt: one.createTime,
  };
}
