import type { SubnetRecord } from '../../core/store/records.js';
import type { World } from '../../core/world.js';
import type { EntityView } from '../intent/routes.js';
import { addressUsage, isManaged, poolUsage } from '../../core/ipam.js';
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

function usage(subnet: SubnetRecord): Record<string, unknown> {
  const { nics, free, assigned } = addressUsage(subnet);
  return {
    num_free_ips: free,
    num_macs: nics,
    num_assigned_ips: assigned,
    ip_pools_stats: poolUsage(subnet).map((pool) => ({
      num_total_ips: pool.total,
      range: pool.range,
      num_free_ips: pool.free,
    })),
  };
}
