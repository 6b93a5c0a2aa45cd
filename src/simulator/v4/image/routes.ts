import { carriedCategories, categoryPair } from '../../core/categories.js';
import { completeImage, removeImage } from '../../core/images.js';
import { Refusal } from '../../core/refusal.js';
import type { ImageRecord } from '../../core/store/records.js';
import { param, type Answer } from '../../http/route.js';
import type { EntityType } from '../entity-routes.js';
import { found } from '../message/error.js';
import { newEntity } from '../message/new-entity.js';
import { requestBody } from '../message/request-body.js';
import { digestTag } from '../precondition/entity-tag.js';
import { checkIfMatch } from '../precondition/if-match.js';
import type { V4Call } from '../route.js';
import { taskFailure } from '../task/failure.js';
import { ordered, type TaskOrder } from '../task/start.js';
import type { V4World } from '../world.js';
import { imageBody, type ImageBody } from './body.js';
import { imageView } from './view.js';

const CONTENT = 'vmm.v4.content';

/** Everything under content/images of namespace vmm. Their bits are those of API v3: nothing is fetched from a URL. */
export const IMAGES: EntityType<ImageRecord> = {
  kind: 'image',
  path: '/content/images',
  model: CONTENT,
  word: 'Image',
  listing: (world) => ({
    filterable: {
      extId: 'text',
      name: 'text',
      description: 'text',
      type: 'enumeration',
      sizeBytes: 'number',
    },
    orderable: ['name', 'description', 'type', 'sizeBytes'],
    view: (image) => imageView(world, image),
  }),
  records: ({ store }) => store.images,
  existing: existingImage,
  create: createImage,
  update: updateImage,
  remove: deleteImage,
};

/** POST: from a URL or a VM's disk. */
function createImage(world: V4World, call: V4Call): Answer {
  const body = requestBody(world, call, imageBody);
  return ordered(world, call, `${CONTENT}.CreateImageApiResponse`, () => {
    const image: ImageRecord = { ...newEntity(world, call, body.name), extras: {}, clusterUuids: [] };
    world.store.images.put(image);
    const order = imageOrder('CreateImage', image, () => {
      apply(world, image, body);
      image.placement = body.clusterLocationExtIds?.map((uuid) => ({ kind: 'cluster', uuid }));
      completeImage(world, image);
    });
    return { ...order, onFailure: () => removeImage(world, image) };
  });
}

/** PUT: what an image is called and filed under; its bits stay. */
function updateImage(world: V4World, call: V4Call): Answer {
  const image = existingImage(world, call);
  const body = requestBody(world, call, imageBody);
  const fault = checkIfMatch(world, call, digestTag(imageView(world, image)));
  return ordered(world, call, `${CONTENT}.UpdateImageApiResponse`, () => {
    const { sourceUri, source } = image;
    const order = imageOrder('UpdateImage', image, () => {
      apply(world, image, body);
      Object.assign(image, { sourceUri, source });
      image.revision += 1;
    });
    return { ...order, fault: fault ?? call.taskFault };
  });
}

/** DELETE: VMs that were made from the image keep their disks. */
function deleteImage(world: V4World, call: V4Call): Answer {
  const image = existingImage(world, call);
  const fault = checkIfMatch(world, call, digestTag(imageView(world, image)));
  return ordered(world, call, `${CONTENT}.DeleteImageApiResponse`, () => ({
    // Its name is that of an older service (reference v4 4.3).
    ...imageOrder('kImageDelete', image, () => removeImage(world, image)),
    fault: fault ?? call.taskFault,
  }));
}

function imageOrder(operation: string, image: ImageRecord, run: () => void): TaskOrder {
  return {
    operation,
    entities: [{ kind: 'image', uuid: image.uuid, name: image.name }],
    lane: image.uuid,
    run: (task) => {
      image.taskUuids = [task.uuid];
      try {
        run();
      } catch (error) {
        throw failureOfImage(error);
      }
      image.state = 'COMPLETE';
      image.updatedAt = task.updatedAt;
    },
  };
}

function apply(world: V4World, image: ImageRecord, body: ImageBody): void {
  const { name, description, type, source, categoryExtIds = [] } = body;
  const pairs = categoryExtIds.map((extId) => {
    const pair = categoryPair(world.store, extId);
    if (pair === undefined) throw Refusal.notFound('category', extId);
    return pair;
  });
  Object.assign(image, { name, description, type, categories: carriedCategories(pairs) });
  if (source?.$objectType === 'vmm.v4.content.UrlSource') image.sourceUri = source.url;
  else if (source !== undefined) image.source = { kind: 'vm_disk', uuid: source.extId };
}

/** Made up: no recording has a failed task of an image. */
function failureOfImage(error: unknown): unknown {
  if (!(error instanceof Refusal)) return error;
  return taskFailure({ code: 'VMM-31200', group: 'IMAGE_OPERATION_ERROR', message: error.message });
}

function existingImage(world: V4World, call: V4Call): ImageRecord {
  const extId = param(call, 'extId');
  return found(world.store.images.get(extId.toLowerCase()), {
    namespace: 'vmm',
    code: 'VMM-31201',
    group: 'IMAGE_NOT_FOUND_ERROR',
    message: `Failed to perform the operation as the image with UUID '${extId}' was not found.`,
    arguments: { image_uuid: extId },
  });
}
