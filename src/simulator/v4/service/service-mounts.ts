import { isFrom } from '../../core/pc-version.js';
import type { Mount } from '../../http/api.js';
import { ok } from '../../http/route.js';
import { errorAnswersOf } from '../message/error.js';
import type { V4World } from '../world.js';
import { versionRoutes } from './version-routes.js';

/** What tells which versions there are, outside all of them. */
export function serviceMounts(world: V4World): Mount[] {
  const namespaces = [...world.served];
  const actuator: Mount = {
    basePath: '/api/actuator',
    label: '/actuator',
    errors: errorAnswersOf('prism'),
    routes: [
      {
        method: 'GET',
        path: '/versionroutes',
        kind: 'version',
        handle: () => ok(versionRoutes(world)),
      },
    ],
  };
  // Whether older ones answer it is not known; the clients of that time did not ask (reference v4 1.4).
  if (!isFrom(world.version, 'pc.7.5')) return [actuator];
  const unversioned = namespaces.map(([name, versions]): Mount => ({
    basePath: `/api/${name}/unversioned`,
    label: `/${name}/unversioned`,
    errors: errorAnswersOf(name),
    routes: [
      {
        method: 'OPTIONS',
        path: '/info',
        kind: 'version',
        handle: () => ok({ data: versions.at(-1)?.text }),
      },
    ],
  }));
  return [actuator, ...unversioned];
}
