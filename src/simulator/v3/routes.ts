import type { World } from '../core/world.js';
import type { InnerSend } from '../http/api.js';
import { groupsRoutes } from './groups/routes.js';
import type { Route } from '../http/route.js';
import { protectedRoute } from './permissions.js';
import { batchRoutes } from './service/batch-routes.js';
import { worldOfV3 } from './world.js';
import { categoryQueryRoutes } from './category/query-routes.js';
import { categoryRoutes } from './category/routes.js';
import { clusterRoutes } from './cluster.js';
import { hostRoutes } from './host.js';
import { idempotenceRoutes } from './idempotence.js';
import { identityRoutes } from './identity.js';
import { imageRoutes } from './image/routes.js';
import { prismCentralRoutes } from './prism-central.js';
import { projectInternalRoutes } from './project/internal-routes.js';
import { projectRoutes } from './project/routes.js';
import { serviceRoutes, unmodelledRoutes } from './service/service-routes.js';
import { subnetRoutes } from './subnet/routes.js';
import { taskRoutes } from './task.js';
import { vmRoutes } from './vm/routes.js';

/** Every endpoint that is known. */
export function routesOfV3(world: World, send: InnerSend): Route[] {
  const v3 = worldOfV3(world);
  const routes = [
    ...serviceRoutes(v3),
    ...prismCentralRoutes(v3),
    ...clusterRoutes(v3),
    ...hostRoutes(v3),
    ...subnetRoutes(v3),
    ...imageRoutes(v3),
    ...projectRoutes(v3),
    ...projectInternalRoutes(v3),
    ...identityRoutes(v3),
    ...categoryRoutes(v3),
    ...categoryQueryRoutes(v3),
    ...groupsRoutes(v3),
    ...idempotenceRoutes(v3),
    ...vmRoutes(v3),
    ...taskRoutes(v3),
    ...batchRoutes(v3, send),
    ...unmodelledRoutes(),
  ];
  return routes.map(protectedRoute);
}
