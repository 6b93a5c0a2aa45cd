import { Refusal } from '../core/refusal.js';
import type { Call, Route } from '../http/route.js';

/** Kinds whose entities a viewer may not read one by one; lists of them look empty instead. */
const PROTECTED = ['cluster', 'host', 'image', 'prism_central', 'project', 'subnet', 'vm'];

/** Throws the 403 of the real server. What changes something is judged where it is carried out. */
export function checkMayRead(route: Route, call: Call): void {
  if (call.user.role !== 'viewer' || call.method !== 'GET' || !PROTECTED.includes(route.kind)) return;
  throw Refusal.accessDenied(call.method, call.path);
}
