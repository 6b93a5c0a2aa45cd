import type { CallContext, Offers } from '../../../provider/index.js';
import { gatherOffers } from '../../shared/index.js';
import type { V4Backend } from '../backend.js';
import { listAll } from '../list.js';
import { listClusters } from './cluster.js';
import { imageFrom, IMAGES } from './image.js';
import { subnetFrom, SUBNETS } from './subnet.js';

/** What a new VM can refer to, as far as the account sees it. */
export async function listOffers({ api }: V4Backend, context: CallContext): Promise<Offers> {
  return await gatherOffers(
    {
      clusters: (attempt) => listClusters(api, attempt),
      images: async (attempt) =>
        (await listAll(api, IMAGES, attempt)).map((one) => imageFrom(one, one.extId, undefined)),
      subnets: async (attempt) =>
        (await listAll(api, SUBNETS, attempt)).map((one) => subnetFrom(one, one.extId)),
    },
    context,
  );
}
