import type { World } from '../core/world.js';
import type { Mount } from '../http/api.js';
import type { Call, Route } from '../http/route.js';
import { errorAnswersOf, rejection } from './message/error.js';
import { requestIdOf } from './precondition/request-id.js';
import { routesByNamespace } from './routes.js';
import { serviceMounts } from './service/service-mounts.js';
import type { Namespace, ServedVersion } from './versions.js';
import type { V4Call, V4Route } from './route.js';
import { worldOfV4, type V4World } from './world.js';

/** A mount for each version of each namespace, and those that have no version. */
export function mountsOfV4(world: World): Mount[] {
  const v4 = worldOfV4(world);
  const routes = routesByNamespace(v4);
  const versioned = [...v4.served].flatMap(([namespace, versions]) =>
    versions.map((version) => mountOf(v4, namespace, version, routes[namespace])),
  );
  return [...versioned, ...serviceMounts(v4)];
}

function mountOf(
  world: V4World,
  namespace: Namespace,
  version: ServedVersion,
  routes: readonly V4Route[],
): Mount {
  return {
    basePath: `/api/${namespace}/${version.text}`,
    label: `/${namespace}`,
    errors: errorAnswersOf(namespace),
    routes: routes
      .filter(({ since = 0 }) => since <= version.minor)
      .map((route) => httpRoute(world, route, namespace, version)),
  };
}

function httpRoute(world: V4World, route: V4Route, namespace: Namespace, version: ServedVersion): Route {
  const { method, path, kind } = route;
  return {
    method,
    path,
    kind,
    handle: (call) => {
      const changes = method !== 'GET' && method !== 'OPTIONS';
      if (changes || isProtected(route)) refuseViewer(call);
      if (call.forgetsRequests) world.requestIds.forgetAll();
      return route.handle(v4Call(call, namespace, version, changes));
    },
  };
}

function v4Call(call: Call, namespace: Namespace, version: ServedVersion, changes: boolean): V4Call {
  return {
    ...call,
    namespace,
    version,
    query: new URLSearchParams(call.path.split('?').slice(1).join('?')),
    origin: `https://${call.headers.host ?? 'localhost'}`,
    requestId: changes ? requestIdOf(call, namespace) : '',
  };
}

/** Entity types that everyone may read one by one; lists of the others look empty to an account without rights. */
const OPEN = ['task', 'user'];

function isProtected({ path, kind }: V4Route): boolean {
  return path.includes('/:') && !OPEN.includes(kind);
}

/** Who may only read gets the 403 that was logged from a real server. */
function refuseViewer({ user }: Call): void {
  if (user.role !== 'viewer') return;
  throw rejection({
    namespace: 'prism',
    status: 403,
    code: 'RBA-10001',
    group: 'RBAC_AUTHORIZATION_ERROR',
    message: `User ${user.username} is not authorized to perform this operation.`,
  });
}
