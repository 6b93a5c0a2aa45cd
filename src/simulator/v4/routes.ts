import { CATEGORIES } from './category/routes.js';
import { clusterRoutes } from './cluster/routes.js';
import { entityRoutes } from './entity-routes.js';
import { IMAGES } from './image/routes.js';
import { PROJECTS } from './project/routes.js';
import { recoveryPointRoutes } from './recovery-point/routes.js';
import { domainManagerRoutes } from './service/domain-managers.js';
import { userRoutes } from './service/users.js';
import { SUBNETS } from './subnet/routes.js';
import { taskRoutes } from './task/routes.js';
import type { Namespace } from './versions.js';
import type { V4Route } from './route.js';
import { vmRoutes } from './vm/routes.js';
import { volumeRoutes } from './volume/routes.js';
import type { V4World } from './world.js';

/** Every endpoint that is known, by namespace. */
export function routesByNamespace(world: V4World): Readonly<Record<Namespace, readonly V4Route[]>> {
  return {
    clustermgmt: clusterRoutes(world),
    dataprotection: recoveryPointRoutes(world),
    iam: userRoutes(world),
    multidomain: entityRoutes(world, PROJECTS),
    networking: entityRoutes(world, SUBNETS),
    prism: [...taskRoutes(world), ...entityRoutes(world, CATEGORIES), ...domainManagerRoutes(world)],
    vmm: [...vmRoutes(world), ...entityRoutes(world, IMAGES)],
    volumes: volumeRoutes(world),
  };
}
