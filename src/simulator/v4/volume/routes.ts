import { entityRoutes } from '../entity-routes.js';
import type { V4Route } from '../route.js';
import type { V4World } from '../world.js';
import { groupActionRoutes } from './action-routes.js';
import { attachmentRoutes } from './attachment-routes.js';
import { ISCSI_CLIENTS } from './client-routes.js';
import { VOLUME_DISKS } from './disk-routes.js';
import { VOLUME_GROUPS } from './group-routes.js';

/** Namespace volumes. */
export function volumeRoutes(world: V4World): V4Route[] {
  return [
    ...entityRoutes(world, VOLUME_GROUPS),
    ...entityRoutes(world, VOLUME_DISKS),
    ...attachmentRoutes(world),
    ...groupActionRoutes(world),
    ...entityRoutes(world, ISCSI_CLIENTS),
  ];
}
