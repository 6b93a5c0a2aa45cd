import type { SubnetRecord } from '../store/records.js';
import type { World } from '../world.js';
import { isManaged, poolUsage } from './ipam.js';
import { clusterReference, metadataView, SPEC_HASH, statusExtras } from './references.js';

/** A subnet as recorded from pc.2024.1. An overlay has no cluster. */
export function subnetView(world: World, subnet: SubnetRecord): Record<string, unknown> {
  const cluster =
    subnet.clusterUuid === undefined
      ? {}
      : { cluster_reference: clusterReference(world, subnet.clusterUuid) };
  const description = subnet.description === undefined ? {} : { description: subnet.description };
  return {
    metadata: { ...metadataView(world, 'subnet', subnet), spec_hash: SPEC_HASH },
    spec: { resources: subnet.resources, ...cluster, name: subnet.name, ...description },
    status: {
      name: subnet.name,
      ...description,
      ...cluster,
      resources: { ...subnet.resources, ...(isManaged(subnet) ? { ip_usage_stats: usage(subnet) } : {}) },
      state: subnet.state,
      ...statusExtras(subnet),
    },
  };
}

function usage(subnet: SubnetRecord): Record<string, unknown> {
  const assigned = Object.keys(subnet.reservations).length;
  const pools = poolUsage(subnet);
  const prefix = subnet.resources.ip_config?.prefix_length ?? 32;
  // Network and broadcast address are nobody's.
  const usable = Math.max(0, 2 ** (32 - prefix) - 2);
  return {
    num_free_ips: usable - assigned,
    num_macs: assigned,
    num_assigned_ips: assigned,
    ip_pools_stats: pools.map(({ range, total, free }) => ({
      num_total_ips: total,
      range,
      num_free_ips: free,
    })),
  };
}
