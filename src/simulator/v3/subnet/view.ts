import type { SubnetRecord } from '../../core/store/records.js';
import type { World } from '../../core/world.js';
import { intentView, type EntityView } from '../intent/view.js';
import { addressUsage, isManaged, poolUsage } from '../../core/ipam.js';
import { clusterReference, SPEC_HASH } from '../references.js';
import { subnetResources } from './spec.js';

/** A subnet as recorded from pc.2024.1. An overlay has no cluster. */
export function subnetView(world: World, subnet: SubnetRecord): EntityView {
  const { clusterUuid } = subnet;
  const resources = subnetResources(subnet);
  const view = intentView(world, 'subnet', subnet, {
    resources,
    filledIn: { ...resources, ...(isManaged(subnet) ? { ip_usage_stats: usage(subnet) } : {}) },
    cluster: clusterUuid === undefined ? undefined : clusterReference(world, clusterUuid),
  });
  return { ...view, metadata: { ...view.metadata, spec_hash: SPEC_HASH } };
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
