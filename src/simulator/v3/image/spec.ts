import type { ImageRecord } from '../../core/store/records.js';
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
