import { ok, param, type Route } from '../../http/route.js';
import { listAnswer } from '../listing/page.js';
import { Refusal } from '../../core/refusal.js';
import type { ClusterRecord } from '../../core/store/records.js';
import type { World } from '../../core/world.js';
import { clusterView } from './view.js';

const kind = 'cluster';

/** clusters: read-only, and all at once. Prism Central itself is among them. */
export function clusterRoutes(world: World): Route[] {
  return [
    {
      method: 'POST',
      path: '/clusters/list',
      kind,
      handle: (call) => {
        const input = world.validator.check('cluster_list_metadata', call.body, kind);
        const listing = {
          kind,
          records: call.user.role === 'viewer' ? [] : world.store.clusters,
          attributes: {},
          view: (cluster: ClusterRecord) => clusterView(world, cluster),
          unpaged: true,
        };
        return ok(listAnswer(listing, input));
      },
    },
    {
      method: 'GET',
      path: '/clusters/:uuid',
      kind,
      handle: (call) => {
        const uuid = param(call, 'uuid');
        const cluster = world.store.clusters.get(uuid);
        if (cluster === undefined) throw Refusal.notFound(kind, uuid);
        return ok({ api_version: '3.1', ...clusterView(world, cluster) });
      },
    },
  ];
}
