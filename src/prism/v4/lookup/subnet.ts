import { z } from 'zod';
import { lenient, maybe, type SubnetCandidate } from '../../shared/index.js';
import { named } from './entities.js';

const subnet = named.extend({
  subnetType: maybe.text,
  clusterReference: maybe.text,
  clusterReferenceList: lenient(z.array(z.string())),
  clusterName: maybe.text,
  ipConfig: lenient(
    z.array(z.looseObject({ ipv4: lenient(z.looseObject({ ipSubnet: z.unknown().optional() })) })),
  ),
});

/** Where subnets are looked for. */
export const SUBNETS = { namespace: 'networking', path: '/config/subnets', item: subnet } as const;

/**
 * A subnet as it is compared with others of its name. Its cluster stands in either of two fields; an overlay subnet may have
 * neither (reference v4 5).
 */
export function subnetFrom(one: z.infer<typeof subnet>, fallback: string): SubnetCandidate {
  return {
    id: one.extId,
    name: one.name ?? fallback,
    isOverlay: one.subnetType === 'OVERLAY',
    clusters: clustersOf(one),
    isManaged: (one.ipConfig ?? []).some(({ ipv4 }) => ipv4?.ipSubnet !== undefined),
  };
}

function clustersOf({
  clusterReference: single,
  clusterReferenceList: list = [],
  clusterName,
}: z.infer<typeof subnet>): readonly { readonly id: string; readonly name: string | undefined }[] {
  const ids = [...new Set([...(single === undefined ? [] : [single]), ...list])];
  return ids.map((id) => ({ id, name: ids.length === 1 ? clusterName : undefined }));
}
