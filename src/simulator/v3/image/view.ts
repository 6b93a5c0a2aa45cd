import type { ImageRecord } from '../../core/store/records.js';
import type { World } from '../../core/world.js';
import { intentView, type EntityView } from '../intent/view.js';
import type { ImageSpec } from '../schema/entity-bodies.js';

/** What a client says of an image besides its name and its owner. */
type ImageConfig = Pick<
  ImageRecord,
  'type' | 'architecture' | 'sourceUri' | 'source' | 'placement' | 'extras'
>;

/** What a request says of an image. */
export function imageConfig(spec: ImageSpec): ImageConfig {
  const {
    image_type: type,
    architecture,
    source_uri: sourceUri,
    data_source_reference: source,
    initial_placement_ref_list: placement,
    ...extras
  } = spec;
  return { type, architecture, sourceUri, source, placement: placement && [...placement], extras };
}

/** The `resources` of an image. */
export function imageResources(image: ImageConfig): ImageSpec {
  const { type, architecture, sourceUri, source, placement, extras } = image;
  return {
    ...(type === undefined ? {} : { image_type: type }),
    ...(architecture === undefined ? {} : { architecture }),
    ...(sourceUri === undefined ? {} : { source_uri: sourceUri }),
    ...(source === undefined ? {} : { data_source_reference: source }),
    ...(placement === undefined ? {} : { initial_placement_ref_list: placement }),
    ...extras,
  };
}

/** An image. Its size is known, and its file can be fetched, once the bits are there. */
export function imageView(world: World, image: ImageRecord): EntityView {
  const { uuid, sizeBytes, clusterUuids } = image;
  const resources = imageResources(image);
  const file = { size_bytes: sizeBytes, retrieval_uri_list: [`/api/nutanix/v3/images/${uuid}/file`] };
  return intentView(world, 'image', image, {
    resources,
    filledIn: {
      ...resources,
      ...(sizeBytes === undefined ? {} : file),
      current_cluster_reference_list: clusterUuids.map((cluster) => ({ kind: 'cluster', uuid: cluster })),
    },
  });
}
