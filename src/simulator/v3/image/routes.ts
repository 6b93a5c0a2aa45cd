import { completeImage, removeImage } from '../../core/images.js';
import type { ImageRecord } from '../../core/store/records.js';
import { ok, type Call, type Route } from '../../http/route.js';
import { existingIn, intentRoutes } from '../intent/routes.js';
import type { V3World } from '../world.js';
import { downloadImage, uploadImage } from './content.js';
import { imageConfig, imageResources, imageView } from './view.js';

const kind = 'image';

const DEFAULTS = { image_type: 'DISK_IMAGE', architecture: 'X86_64' } as const;

/** images: made from a URL or a VM's disk at once, or by an upload afterwards. */
export function imageRoutes(world: V3World): Route[] {
  const { images } = world.store;
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
    made: (image) => completeImage(world, image),
    update: (image, { resources }) => {
      Object.assign(image, imageConfig({ ...imageResources(image), ...resources }));
    },
    remove: (image) => removeImage(world, image),
  });
  return [...routes, ...content];
}
