import { ok, type Route } from '../../http/route.js';
import type { World } from '../../core/world.js';
import { prismCentralView } from './view.js';

const kind = 'prism_central';

/** prism_central: how this Prism Central itself is deployed. Without an envelope, as recorded from pc.2024.1. */
export function prismCentralRoutes(world: World): Route[] {
  return [
    {
      method: 'GET',
      path: '/prism_central',
      kind,
      handle: () => ok({ resources: prismCentralView(world) }),
    },
  ];
}
