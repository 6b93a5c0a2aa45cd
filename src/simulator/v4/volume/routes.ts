import type { V4Route } from '../route.js';
import type { V4World } from '../world.js';
import { groupActionRoutes } from './action-routes.js';
import { attachmentRoutes } from './attachment-routes.js';
import { iscsiClientRoutes } from './client-routes.js';
import { volumeDiskRoutes } from './disk-routes.js';
import { groupRoutes } from './group-routes.js';

/** Namespace volumes. */
export function volumeRoutes(world: V4World): V4Route[] {
  return [
    ...groupRoutes(world),
    ...volumeDiskRoutes(world),
    ...attachmentRoutes(world),
    ...groupActionRoutes(world),
    ...iscsiClientRoutes(world),
  ];
}
