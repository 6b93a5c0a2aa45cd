import { categoryRoutes } from './category/routes.js';
import { clusterRoutes } from './cluster/routes.js';
import { imageRoutes } from './image/routes.js';
import { projectRoutes } from './project/routes.js';
import { recoveryPointRoutes } from './recovery-point/routes.js';
import { domainManagerRoutes } from './service/domain-managers.js';
import { userRoutes } from './service/users.js';
import { subnetRoutes } from './subnet/routes.js';
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
    multidomain: projectRoutes(world),
    networking: subnetRoutes(world),
    prism: [...taskRoutes(world), ...categoryRoutes(world), ...domainManagerRoutes(world)],
    vmm: [...vmRoutes(world), ...imageRoutes(world)],
    volumes: volumeRoutes(world),
  };
}
