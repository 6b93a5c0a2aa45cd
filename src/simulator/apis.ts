import { latencyProfile, type LatencyProfile, type ProfileName } from './core/latency.js';
import type { ApiVersion } from './http/api.js';
import { v3 } from './v3/index.js';

/**
 * The versions of the API that are served, all on the same world. Another one is a folder beside v3/ and a row here.
 * What belongs to none of them (a path outside their base paths, /simulator/) is answered in the words of the first.
 */
export const APIS: readonly [ApiVersion, ...ApiVersion[]] = [v3];

/** A profile with the times that are recorded of all these versions. */
export function profileNamed(name: ProfileName): LatencyProfile {
  const all = APIS.map(({ recordedTimes }) => recordedTimes);
  return latencyProfile(name, {
    calls: Object.fromEntries(all.flatMap(({ calls }) => Object.entries(calls))),
    tasks: Object.fromEntries(all.flatMap(({ tasks }) => Object.entries(tasks))),
  });
}
