import { groupsRoutes } from './groups/groups-routes.js';
import type { Route } from './http/route.js';
import { categoryQueryRoutes } from './kinds/category-query-routes.js';
import { categoryRoutes } from './kinds/category-routes.js';
import { clusterRoutes } from './kinds/cluster-routes.js';
import { hostRoutes } from './kinds/host-routes.js';
import { idempotenceRoutes } from './kinds/idempotence-routes.js';
import { identityRoutes } from './kinds/identity-routes.js';
import { imageRoutes } from './kinds/image-routes.js';
import { prismCentralRoutes } from './kinds/prism-central-routes.js';
import { projectInternalRoutes } from './kinds/project-internal-routes.js';
import { projectRoutes } from './kinds/project-routes.js';
import { serviceRoutes } from './kinds/service-routes.js';
import { subnetRoutes } from './kinds/subnet-routes.js';
import { taskRoutes } from './kinds/task-routes.js';
import { unmodelledRoutes } from './kinds/unmodelled-routes.js';
import { vmRoutes } from './vm/routes.js';
import type { World } from './world.js';

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
