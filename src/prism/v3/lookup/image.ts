import { z } from 'zod';
import type { CallContext, Reference } from '../../../provider/index.js';
import type { V3Backend } from '../backend.js';
import type { Entity } from '../envelope.js';
import { reference } from '../reference.js';
import { candidateFrom, entitiesMeant } from './entities.js';
import {
  lenient,
  chooseImage,
  type FoundImage,
  type ImageCandidate,
  type Wanted,
} from '../../shared/index.js';

const imageResources = z.looseObject({
  image_type: lenient(z.string()),
  size_bytes: lenient(z.number()),
  current_cluster_reference_list: lenient(z.array(reference)),
  initial_placement_ref_list: lenient(z.array(reference)),
});

/** The image of the system disk. Names are not unique (reference 4.3). */
export async function findImage(
  backend: V3Backend,
  name: string,
  cluster: Reference | undefined,
  systemDiskGiB: number | undefined,
  context: CallContext,
): Promise<FoundImage> {
  const wanted: Wanted = { kind: 'image', name };
  const found = await entitiesMeant(backend, 'image', wanted, context);
  return chooseImage(
    wanted,
    found.map((one) => imageFrom(one, name)),
    cluster,
    systemDiskGiB,
  );
}

function imageFrom(one: Entity, fallback: string): ImageCandidate {
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
