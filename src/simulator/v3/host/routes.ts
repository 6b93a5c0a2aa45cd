import type { Route } from '../../http/route.js';
import { readOnlyRoutes } from '../listing/read-only.js';
import type { V3World } from '../world.js';
import { hostView } from './view.js';

/** hosts: read-only, and all at once. */
export function hostRoutes(world: V3World): Route[] {
  const { hosts } = world.store;
  return readOnlyRoutes(world, {
    kind: 'host',
    plural: 'hosts',
    listDefinition: 'host_list_metadata',
    listed: ({ user }) => (user.role === 'viewer' ? [] : hosts),
    find: (uuid) => hosts.get(uuid),
    attributes: {},
    view: (host) => hostView(world, host),
    unpaged: true,
  });
}
