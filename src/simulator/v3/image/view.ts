import type { ImageRecord } from '../../core/store/records.js';
import type { World } from '../../core/world.js';
import type { EntityView } from '../intent/routes.js';
import { metadataView, statusExtras } from '../references.js';
import { imageResources } from './spec.js';

/** An image. Its size is known, and its file can be fetched, once the bits are there. */
export function imageView(world: World, image: ImageRecord): EntityView {
  const description = image.description === undefined ? {} : { description: image.description };
  const { sizeBytes } = image;
  const resources = imageResources(image);
  return {
    metadata: metadataView(world, 'image', image),
    spec: { name: image.name, ...description, resources },
    status: {
      state: image.state,
      name: image.name,
      ...description,
      resources: {
        ...resources,
        ...(sizeBytes === undefined
          ? {}
          : { size_bytes: sizeBytes, retrieval_uri_list: [`/api/nutanix/v3/images/${image.uuid}/file`] }),
        current_cluster_reference_list: image.clusterUuids.map((uuid) => ({ kind: 'cluster', uuid })),
      },
      ...statusExtras(image),
    },
  };
}
