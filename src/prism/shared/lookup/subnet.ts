import type { Reference } from '../../../provider/index.js';
import { ambiguous, unusable, type Wanted } from './selection-errors.js';

/** A subnet of the name that is looked for. */
export interface SubnetCandidate extends Reference {
  /** An overlay subnet fits any cluster. */
  readonly isOverlay: boolean;
  /** The clusters whose network it is; none = it names no cluster, and fits any. */
  readonly clusters: readonly { readonly id?: string | undefined; readonly name?: string | undefined }[];
  /** Prism Central gives out its addresses (IPAM). */
  readonly isManaged: boolean;
}

/**
 * The subnet of one NIC, of all that have the name (at least one). Names repeat across clusters, so a VLAN subnet must be
 * the target cluster's. With an unknown cluster (its own look-up failed) only the existence is checked.
 */
export function chooseSubnet(
  wanted: Wanted,
  found: readonly SubnetCandidate[],
  cluster: Reference | undefined,
  staticAddress: string | undefined,
): Reference {
  const reachable = cluster === undefined ? found : found.filter((one) => fits(one, cluster.id));
  const [only, second] = reachable;
  if (only === undefined) {
    const homes = [...new Set(found.map(clusterWords))].join(', ');
    const problem = `it is not a network of cluster "${cluster?.name ?? ''}"; it belongs to ${homes}`;
    throw unusable(wanted, problem, 'Name a subnet of the target cluster, or an overlay subnet.');
  }
  if (second !== undefined && cluster !== undefined) {
    throw ambiguous(
      wanted,
      reachable.map((one) => ({ id: one.id, name: one.name, note: clusterWords(one) })),
    );
  }
  if (staticAddress !== undefined && !only.isManaged) {
    const problem = `the static address ${staticAddress} needs a subnet whose addresses Prism manages (IPAM)`;
    throw unusable(wanted, problem, 'Choose a managed subnet, or leave the address to the network.');
  }
  return { id: only.id, name: only.name };
}

function fits({ isOverlay, clusters }: SubnetCandidate, clusterId: string): boolean {
  return (
    isOverlay || clusters.length === 0 || clusters.some(({ id }) => id === undefined || id === clusterId)
  );
}

function clusterWords({ clusters }: SubnetCandidate): string {
  const words = clusters.flatMap(({ name, id }) => name ?? id ?? []);
  return words.length === 0 ? 'no cluster' : words.join(', ');
}
