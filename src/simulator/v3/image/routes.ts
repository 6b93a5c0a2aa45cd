import { Refusal } from '../../core/refusal.js';
import type { ImageRecord } from '../../core/store/records.js';
import type { World } from '../../core/world.js';
import { ok, type Call, type Route } from '../../http/route.js';
import { existingIn, intentRoutes } from '../intent/routes.js';
import type { V3World } from '../world.js';
import { downloadImage, uploadImage } from './content.js';
import { imageConfig, imageResources, imageView } from './view.js';

const kind = 'image';
/** What an image fetched from a URL turns out to have: nothing is really fetched. */
const FETCHED_BYTES = 2 * 2 ** 30;

const DEFAULTS = { image_type: 'DISK_IMAGE', architecture: 'X86_64' } as const;

/** images: made from a URL or a VM's disk at once, or by an upload afterwards. */
export function imageRoutes(world: V3World): Route[] {
  const { images, imageContents } = world.store;
  const existing = (call: Call): ImageRecord => existingIn(images, kind, call);
  const content: Route[] = [
    {
      method: 'GET',
      path: '/images/:uuid/file',
      kind,
      handle: (call) => ok(downloadImage(world, existing(call))),
    },
    {
      method: 'PUT',
      path: '/images/:uuid/file',
      kind,
      handle: (call) => uploadImage(world, existing(call), call),
    },
  ];
  const routes = intentRoutes(world, {
    kind,
    plural: 'images',
    definition: 'image_intent_input',
    listDefinition: 'image_list_metadata',
    collection: images,
    attributes: {
      name: (image) => [image.name],
      image_type: (image) => [image.type ?? ''],
    },
    view: (image) => imageView(world, image),
    create: (entity, { resources }): ImageRecord => ({
      ...entity,
      ...imageConfig({ ...DEFAULTS, ...resources }),
      clusterUuids: [],
    }),
    made: (image) => {
      image.sizeBytes = sourceSize(world, image);
      image.clusterUuids = placement(world, image);
    },
    update: (image, { resources }) => {
      Object.assign(image, imageConfig({ ...imageResources(image), ...resources }));
    },
    remove: (image) => {
      imageContents.delete(image.uuid);
    },
  });
  return [...routes, ...content];
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
