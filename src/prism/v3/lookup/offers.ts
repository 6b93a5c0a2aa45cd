import type { CallContext, Offers } from '../../../provider/index.js';
import { gatherOffers, type Attempt } from '../../shared/index.js';
import type { V3Backend } from '../backend.js';
import { entityUuid, type Entity } from '../envelope.js';
import { listAll } from '../list.js';
import { listClusters } from './cluster.js';
import { imageFrom } from './image.js';
import { subnetFrom } from './subnet.js';

/** What a new VM can refer to, as far as the account sees it. */
export async function listOffers(backend: V3Backend, context: CallContext): Promise<Offers> {
  const all = async (kind: 'image' | 'subnet', attempt: Attempt): Promise<readonly Entity[]> =>
    (await listAll(backend.api, kind, undefined, attempt)).filter((one) => entityUuid(one) !== undefined);
  return await gatherOffers(
    {
      clusters: (attempt) => listClusters(backend, attempt),
      images: async (attempt) => (await all('image', attempt)).map((one) => imageFrom(one, 'without a name')),
      subnets: async (attempt) =>
        (await all('subnet', attempt)).map((one) => subnetFrom(one, 'without a name')),
    },
    context,
  );
}
