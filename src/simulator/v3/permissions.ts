import { Refusal } from '../core/refusal.js';
import type { Call, Route } from '../http/route.js';

/** Entity types whose entities a viewer may not read one by one; lists of them look empty instead. */
const PROTECTED = ['cluster', 'host', 'image', 'prism_central', 'project', 'subnet', 'vm'];

/** The route with the 403 of the real server. What changes something is judged where it is carried out. */
export function protectedRoute(route: Route): Route {
  if (route.method !== 'GET' || !PROTECTED.includes(route.kind)) return route;
  return {
    ...route,
    handle: (call) => {
      refuseViewer(call);
      return route.handle(call);
    },
  };
}

/** Throws the 403 of the real server for a user who may only read. */
export function refuseViewer({ user, method, path }: Call): void {
  if (user.role === 'viewer') throw Refusal.forbidden(method, path);
}
