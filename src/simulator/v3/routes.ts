import { groupsRoutes } from './groups/routes.js';
import type { Route } from '../http/route.js';
import { categoryQueryRoutes } from './category/query-routes.js';
import { categoryRoutes } from './category/routes.js';
import { clusterRoutes } from './cluster/routes.js';
import { hostRoutes } from './host/routes.js';
import { idempotenceRoutes } from './idempotence/routes.js';
import { identityRoutes } from './identity/routes.js';
import { imageRoutes } from './image/routes.js';
import { prismCentralRoutes } from './prism-central/routes.js';
import { projectInternalRoutes } from './project/internal-routes.js';
import { projectRoutes } from './project/routes.js';
import { serviceRoutes } from './service/service-routes.js';
import { subnetRoutes } from './subnet/routes.js';
import { taskRoutes } from './task/routes.js';
import { unmodelledRoutes } from './service/unmodelled-routes.js';
import { vmRoutes } from './vm/routes.js';
import type { World } from '../core/world.js';

/** Every endpoint that is known, except batch, which needs the server itself. */
export function apiRoutes(world: World): Route[] {
  return [
    ...serviceRoutes(world),
    ...prismCentralRoutes(world),
    ...clusterRoutes(world),
    ...hostRoutes(world),
    ...subnetRoutes(world),
    ...imageRoutes(world),
    ...projectRoutes(world),
    ...projectInternalRoutes(world),
    ...identityRoutes(world),
    ...categoryRoutes(world),
    ...categoryQueryRoutes(world),
    ...groupsRoutes(world),
    ...idempotenceRoutes(world),
    ...vmRoutes(world),
    ...taskRoutes(world),
    ...unmodelledRoutes(),
  ];
}
