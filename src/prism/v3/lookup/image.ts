import { z } from 'zod';
import type { Entity } from '../envelope.js';
import { reference } from '../reference.js';
import { candidateFrom } from './entities.js';
import { lenient, maybe, type ImageCandidate } from '../../shared/index.js';

const imageResources = z.looseObject({
  image_type: maybe.text,
  size_bytes: maybe.number,
  current_cluster_reference_list: lenient(z.array(reference)),
  initial_placement_ref_list: lenient(z.array(reference)),
});

/** An image as it is compared with others of its name, for names are not unique (reference 4.3). */
export function imageFrom(one: Entity, fallback: string): ImageCandidate {
  const { status, spec, metadata } = one;
  const resources = imageResources.safeParse(status?.resources ?? spec?.resources).data ?? {};
  const { current_cluster_reference_list: now = [], initial_placement_ref_list: planned = [] } = resources;
  const state = status?.state ?? 'unknown';
  return {
    ...candidateFrom(one, fallback),
    incomplete: state === 'COMPLETE' ? undefined : state,
    type: resources.image_type,
    sizeBytes: resources.size_bytes,
    clusters: (now.length > 0 ? now : planned).map(({ uuid, name }) => ({ id: uuid, name })),
    madeAt: metadata?.creation_time,
  };
}
