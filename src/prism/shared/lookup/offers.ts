import type { CallContext, Offers } from '../../../provider/index.js';
import { asOneError, OperationError } from '../../../support/index.js';
import type { Attempt } from '../answers.js';
import type { FoundCluster } from './cluster.js';
import type { ImageCandidate } from './image.js';
import type { SubnetCandidate } from './subnet.js';

/** How one version of the API lists what a VM can refer to: all that the account may see. */
export interface OfferLists {
  clusters(attempt: Attempt): Promise<readonly FoundCluster[]>;
  images(attempt: Attempt): Promise<readonly ImageCandidate[]>;
  subnets(attempt: Attempt): Promise<readonly SubnetCandidate[]>;
}

/** Reads the three lists at once, and leaves out what no VM can be made of. */
export async function gatherOffers(lists: OfferLists, { signal }: CallContext): Promise<Offers> {
  const [clusters, images, subnets] = await Promise.allSettled([
    lists.clusters({ attempted: 'list the clusters', signal }),
    lists.images({ attempted: 'list the images', signal }),
    lists.subnets({ attempted: 'list the subnets', signal }),
  ]);
  if (clusters.status === 'fulfilled' && images.status === 'fulfilled' && subnets.status === 'fulfilled') {
    return {
      clusters: clusters.value.filter(({ runsVms }) => runsVms).map(({ id, name }) => ({ id, name })),
      images: images.value.filter(isUsable).map(({ id, name, sizeBytes, clusters: places }) => ({
        id,
        name,
        sizeBytes,
        clusters: idsOf(places),
      })),
      subnets: subnets.value.map(({ id, name, isManaged, isOverlay, clusters: places }) => ({
        id,
        name,
        isManaged,
        // An overlay subnet fits any cluster, and so does one whose cluster is named without an id.
        clusters: isOverlay || places.some((place) => place.id === undefined) ? [] : idsOf(places),
      })),
    };
  }
  throw asOneError(ATTEMPTED, failuresOf([clusters, images, subnets]));
}

const ATTEMPTED = 'list what a VM can be made of';

/** What went wrong, each text once: a server that is away is away for all three. */
function failuresOf(
  settled: readonly PromiseSettledResult<unknown>[],
): readonly [OperationError, ...OperationError[]] {
  const errors = settled.flatMap((one) =>
    one.status === 'rejected' ? [OperationError.from(one.reason, ATTEMPTED)] : [],
  );
  const general = errors.find(({ code }) => code !== 'permission-denied');
  const [first = OperationError.from(undefined, ATTEMPTED), ...others] =
    general === undefined ? errors : [general];
  return [first, ...others];
}

/** A disk image that is complete; one that does not say its type may be one. */
function isUsable({ incomplete, type }: ImageCandidate): boolean {
  return incomplete === undefined && (type === undefined || type === 'DISK_IMAGE');
}

function idsOf(places: readonly { readonly id?: string | undefined }[]): readonly string[] {
  return places.flatMap(({ id }) => id ?? []);
}
