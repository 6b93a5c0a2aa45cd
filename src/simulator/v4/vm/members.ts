import { schemaRejection } from '../message/error.js';
import type { V4Call } from '../route.js';
import type { V4World } from '../world.js';
import type { VmBody } from './bodies.js';
import type { NicBody } from './device-bodies.js';

/** The minor version that brought a member (reference v4 1.2). */
const SINCE: Readonly<Record<string, number>> = {
  project: 1,
  nicBackingInfo: 1,
  nicNetworkInfo: 1,
  customAttributes: 2,
  projectExtId: 3,
};

/**
 * Refuses members that the version in the path has not yet. What a real server of that version does with them is not
 * known (reference v4 10); one that took no notice of them would make a VM without its NICs.
 */
export function checkMembers(world: V4World, call: V4Call, body: VmBody): void {
  const newer = [body, ...(body.nics ?? [])].flatMap((part) => newerThan(call.version.minor, part));
  if (newer.length > 0) throw tooNew(world, call, newer);
}

/** The same of a NIC that stands alone. */
export function checkNicMembers(world: V4World, call: V4Call, body: NicBody): void {
  const newer = newerThan(call.version.minor, body);
  if (newer.length > 0) throw tooNew(world, call, newer);
}

function newerThan(minor: number, part: object): string[] {
  return Object.entries(part)
    .filter(([name, value]) => value !== undefined && (SINCE[name] ?? 0) > minor)
    .map(([name]) => name);
}

function tooNew(world: V4World, call: V4Call, names: readonly string[]): Error {
  const list = JSON.stringify([...new Set(names)]);
  const message = `Object instance has properties which are not allowed by the schema: ${list}`;
  return schemaRejection(world, call, [{ location: '@body', message }]);
}
