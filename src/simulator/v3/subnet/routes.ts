import { subnetUser } from '../../core/ipam.js';
import { Refusal } from '../../core/refusal.js';
import type { SubnetRecord } from '../../core/store/records.js';
import type { Route } from '../../http/route.js';
import { intentRoutes } from '../intent/routes.js';
import type { V3World } from '../world.js';
import { subnetConfig } from './spec.js';
import { subnetView } from './view.js';

/** subnets: managed ones hand out addresses. An overlay has no cluster. */
export function subnetRoutes(world: V3World): Route[] {
  const { clusters, subnets } = world.store;
  return intentRoutes(world, {
    kind: 'subnet',
    plural: 'subnets',
    definition: 'subnet_intent_input',
    listDefinition: 'subnet_list_metadata',
    collection: subnets,
    attributes: {
      name: (subnet) => [subnet.name],
      vlan_id: (subnet) => [String(subnet.vlanId ?? '')],
      cluster_uuid: clusterOf,
      cluster_name: (subnet) => clusterOf(subnet).map((uuid) => clusters.get(uuid)?.name ?? ''),
    },
    view: (subnet) => subnetView(world, subnet),
    create: (entity, { cluster_reference: cluster, resources }): SubnetRecord => ({
      ...entity,
      clusterUuid: cluster?.uuid,
      ...subnetConfig(resources),
      reservations: {},
    }),
    made: ({ clusterUuid }) => {
      if (clusterUuid !== undefined && !clusters.has(clusterUuid))
        throw Refusal.notFound('cluster', clusterUuid);
    },
    update: (subnet, { resources }) => {
      Object.assign(subnet, subnetConfig(resources));
    },
    remove: (subnet) => {
      const user = subnetUser(world.store, subnet.uuid);
      if (user === undefined) return;
      const message = `Subnet ${subnet.name} is in use by VM ${user.name}`;
      throw new Refusal({ code: 'in-use', entityType: 'subnet', id: subnet.uuid, message });
    },
  });
}

function clusterOf({ clusterUuid }: SubnetRecord): string[] {
  return clusterUuid === undefined ? [] : [clusterUuid];
}
