import { z } from 'zod';
import type { CallContext } from '../../../provider/index.js';
import { maybe } from '../../shared/index.js';
import { odataText } from '../api.js';
import type { V4Backend } from '../backend.js';
import { listAll } from '../list.js';
import type { EntityPlace } from '../read-entity.js';

const CLIENTS = '/config/iscsi-clients';

/** Reference v4 6.4. Its secret is never told. */
const iscsiClient = z.looseObject({
  extId: z.string(),
  iscsiInitiatorName: maybe.text,
  enabledAuthentications: maybe.text,
  clusterReference: maybe.text,
});
export type IscsiClient = z.infer<typeof iscsiClient>;

export function clientPath(id: string): string {
  return `${CLIENTS}/${encodeURIComponent(id)}`;
}

/** A client as a place to read. One that is not there is 400 and not 404 (reference v4 2.4). */
export function clientAt(id: string): EntityPlace<IscsiClient> {
  return { namespace: 'volumes', path: clientPath(id), shape: iscsiClient };
}

/** All clients, or those of one cluster; a name cannot be filtered by (reference v4 2.7). */
export async function listClients(
  { api }: V4Backend,
  clusterId: string | undefined,
  attempted: string,
  { signal }: CallContext,
): Promise<readonly IscsiClient[]> {
  const $filter = clusterId === undefined ? undefined : `clusterReference eq ${odataText(clusterId)}`;
  const list = { namespace: 'volumes', path: CLIENTS, query: { $filter }, item: iscsiClient } as const;
  return await listAll(api, list, { attempted, signal });
}

/** The client that calls itself so on this cluster; undefined = it has never had a volume group there. */
export async function findClient(
  backend: V4Backend,
  initiatorName: string,
  clusterId: string | undefined,
  attempted: string,
  context: CallContext,
): Promise<IscsiClient | undefined> {
  const all = await listClients(backend, clusterId, attempted, context);
  const wanted = initiatorName.toLowerCase();
  return all.find(
    (one) =>
      one.iscsiInitiatorName?.toLowerCase() === wanted &&
      (clusterId === undefined || one.clusterReference === undefined || one.clusterReference === clusterId),
  );
}
