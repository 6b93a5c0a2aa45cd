import type { SubnetRecord } from '../../core/store/records.js';
import type { World } from '../../core/world.js';
import type { EntityView } from '../intent/routes.js';
import { poolUsage, reservedAddresses, isManaged } from '../../core/ipam.js';
import { clusterReference, metadataView, SPEC_HASH, statusExtras } from '../references.js';
import { subnetResources } from './spec.js';

/** A subnet as recorded from pc.2024.1. An overlay has no cluster. */
export function subnetView(world: World, subnet: SubnetRecord): EntityView {
  const cluster =
    subnet.clusterUuid === undefined
      ? {}
      : { cluster_reference: clusterReference(world, subnet.clusterUuid) };
  const description = subnet.description === undefined ? {} : { description: subnet.description };
  const resources = subnetResources(subnet);
  return {
    metadata: { ...metadataView(world, 'subnet', subnet), spec_hash: SPEC_HASH },
    spec: { resources, ...cluster, name: subnet.name, ...description },
    status: {
      name: subnet.name,
      ...description,
      ...cluster,
      resources: { ...resources, ...(isManaged(subnet) ? { ip_usage_stats: usage(subnet) } : {}) },
      state: subnet.state,
      ...statusExtras(subnet),
    },
  };
}

/**
 * Every address of the network is free or assigned. Assigned are those of NICs and those that no NIC may have
 * (reservedAddresses in ipam.ts), as the recorded counts say.
 */
function usage(subnet: SubnetRecord): Record<string, unknown> {
  const nics = Object.keys(subnet.reservations).length;
  const assigned = nics + reservedAddresses(subnet).length;
  const prefix = subnet.network?.prefixLength ?? 32;
  return {
    num_free_ips: Math.max(0, 2 ** (32 - prefix) - assigned),
    num_macs: nics,
    num_assigned_ips: assigned,
    ip_pools_stats: poolUsage(subnet).map(({ range, total, free }) => ({
      num_total_ips: total,
      range,
      num_free_ips: free,
    })),
  };
}
