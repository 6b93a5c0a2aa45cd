import { z } from 'zod';
import type { CallContext, Reference } from '../../../provider/index.js';
import { chooseSubnet, lenient, type Wanted } from '../../shared/index.js';
import type { V4Api } from '../api.js';
import { entitiesMeant, named } from './entities.js';

const subnet = named.extend({
  subnetType: lenient(z.string()),
  clusterReference: lenient(z.string()),
  clusterReferenceList: lenient(z.array(z.string())),
  clusterName: lenient(z.string()),
  ipConfig: lenient(
    z.array(z.looseObject({ ipv4: lenient(z.looseObject({ ipSubnet: z.unknown().optional() })) })),
  ),
});

/** A subnet for one NIC. Its cluster stands in either of two fields; an overlay subnet may have neither (reference v4 5). */
export async function findSubnet(
  api: V4Api,
  name: string,
  cluster: Reference | undefined,
  staticAddress: string | undefined,
  { signal }: CallContext,
): Promise<Reference> {
  const wanted: Wanted = { kind: 'subnet', name };
  const list = { namespace: 'networking', path: '/config/subnets', item: subnet } as const;
  const found = await entitiesMeant(api, list, wanted, signal);
  const candidates = found.map((one) => ({
    id: one.extId,
    name: one.name ?? name,
    isOverlay: one.subnetType === 'OVERLAY',
    clusters: clustersOf(one),
    isManaged: (one.ipConfig ?? []).some(({ ipv4 }) => ipv4?.ipSubnet !== undefined),
  }));
  return chooseSubnet(wanted, candidates, cluster, staticAddress);
}

function clustersOf({
  clusterReference: single,
  clusterReferenceList: list = [],
  clusterName,
}: z.infer<typeof subnet>): readonly { readonly id: string; readonly name: string | undefined }[] {
  const ids = [...new Set([...(single === undefined ? [] : [single]), ...list])];
  return ids.map((id) => ({ id, name: ids.length === 1 ? clusterName : undefined }));
}
