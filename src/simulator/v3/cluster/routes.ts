import type { Route } from '../../http/route.js';
import { readOnlyRoutes } from '../listing/read-only.js';
import type { V3World } from '../world.js';
import { clusterView } from './view.js';

/** clusters: read-only, and all at once. Prism Central itself is among them. */
export function clusterRoutes(world: V3World): Route[] {
  const { clusters } = world.store;
  return readOnlyRoutes(world, {
    kind: 'cluster',
    plural: 'clusters',
    listDefinition: 'cluster_list_metadata',
    listed: ({ user }) => (user.role === 'viewer' ? [] : clusters),
    find: (uuid) => clusters.get(uuid),
    attributes: {},
    view: (cluster) => clusterView(world, cluster),
    unpaged: true,
  });
}
