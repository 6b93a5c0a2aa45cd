import { categoryIds } from '../../core/categories.js';
import type { ImageRecord } from '../../core/store/records.js';
import { moment } from '../message/moment.js';
import { typed } from '../message/typed.js';
import type { V4World } from '../world.js';

/** An image; its size is 0 until the bits are there (reference v4 5). */
export function imageView({ served, store }: V4World, image: ImageRecord): Record<string, unknown> {
  return typed(served, 'vmm.v4.content.Image', {
    extId: image.uuid,
    name: image.name,
    description: image.description,
    type: image.type ?? 'DISK_IMAGE',
    sizeBytes: image.sizeBytes ?? 0,
    source: sourceView(served, image),
    categoryExtIds: categoryIds(store, image),
    clusterLocationExtIds: image.clusterUuids,
    createTime: moment(image.createdAt),
    lastUpdateTime: moment(image.updatedAt),
    ownerExtId: image.owner.uuid,
  });
}

function sourceView(
  served: V4World['served'],
  { sourceUri, source }: ImageRecord,
): Record<string, unknown> | undefined {
  if (sourceUri !== undefined) {
    return typed(served, 'vmm.v4.content.UrlSource', { url: sourceUri, shouldAllowInsecureUrl: false });
  }
  if (source?.uuid === undefined) return undefined;
  return typed(served, 'vmm.v4.content.VmDiskSource', { extId: source.uuid });
}
