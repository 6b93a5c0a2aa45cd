import { ok, type Route } from '../../http/route.js';
import { listAnswer } from '../listing/page.js';
import type { V3World } from '../world.js';

/** What belongs to no entity: which API is this, and kinds that are always empty here. */
export function serviceRoutes(world: V3World): Route[] {
  return [
    {
      method: 'GET',
      path: '/versions',
      kind: 'version',
      handle: () => ok({ major_version: '3', minor_version: '1' }),
    },
    {
      method: 'POST',
      path: '/volume_groups/list',
      kind: 'volume_group',
      handle: (call) => {
        const input = world.validator.check('volume_group_list_metadata', call.body, 'volume_group');
        const none: never[] = [];
        return ok(
          listAnswer({ kind: 'volume_group', records: none, attributes: {}, view: () => undefined }, input),
        );
      },
    },
  ];
}
