import type { Reference } from './placement.js';
import type { CallContext } from './provider.js';

/** An image of which a system disk can be made. */
export interface OfferedImage extends Reference {
  /** undefined where the cloud does not say. */
  readonly sizeBytes: number | undefined;
  /** Ids of the clusters that it lies on; none = it does not say, and any may have it. */
  readonly clusters: readonly string[];
}

/** A network of which a NIC can be. */
export interface OfferedSubnet extends Reference {
  /** Ids of the clusters whose network it is; none = any. */
  readonly clusters: readonly string[];
  /** The cloud gives out its addresses. */
  readonly isManaged: boolean;
}

/** What a new VM can refer to. Only what can be used: no image under way, no cluster that runs no VMs. */
export interface Offers {
  readonly clusters: readonly Reference[];
  readonly images: readonly OfferedImage[];
  readonly subnets: readonly OfferedSubnet[];
}

/** Looking through what there is, for a user who chooses. Errors and aborts are as with `Provider`. */
export interface Catalogue {
  /** All that the account may see. What is wrong with the lists comes in one error. */
  listOffers(context: CallContext): Promise<Offers>;
}
