import { Refusal } from './refusal.js';
import type { ImageRecord } from './store/records.js';
import type { World } from './world.js';

/** What an image fetched from a URL turns out to have: nothing is really fetched. */
const FETCHED_BYTES = 2 * 2 ** 30;

/** Gives a new image its size and its places. Throws a Refusal when its source or a cluster is not there. */
export function completeImage(world: World, image: ImageRecord): void {
  image.sizeBytes = sourceSize(world, image);
  image.clusterUuids = placement(world, image);
}

export function removeImage({ store }: World, { uuid }: ImageRecord): void {
  store.imageContents.delete(uuid);
  store.images.delete(uuid);
}

/** undefined when the bits are still to be uploaded. */
function sourceSize(world: World, image: ImageRecord): number | undefined {
  const { sourceUri, source } = image;
  if (sourceUri !== undefined) return FETCHED_BYTES;
  if (source?.uuid === undefined) return undefined;
  for (const vm of world.store.vms) {
    const disk = vm.config.disks.find(({ uuid }) => uuid === source.uuid);
    if (disk !== undefined) return disk.sizeBytes;
  }
  throw Refusal.notFound('vm_disk', source.uuid);
}

/** The clusters asked for, or all of them. */
function placement(world: World, image: ImageRecord): string[] {
  const wanted = (image.placement ?? []).map(({ uuid }) => uuid);
  for (const uuid of wanted) if (!world.store.clusters.has(uuid)) throw Refusal.notFound('cluster', uuid);
  if (wanted.length > 0) return wanted;
  return [...world.store.clusters].filter(({ service }) => service === 'AOS').map(({ uuid }) => uuid);
}
