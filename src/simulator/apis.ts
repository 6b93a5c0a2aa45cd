import { OperationError } from '../support/index.js';
import { latencyProfile, type LatencyProfile, type ProfileName } from './core/latency.js';
import type { ApiName, ApiVersion } from './http/api.js';
import type { PcVersion } from './core/pc-version.js';
import { v3 } from './v3/index.js';
import { v4 } from './v4/index.js';

/**
 * The versions of the API that are served, all on the same world. Another one is a folder beside v3/ and a row here.
 * What belongs to none of them (a path outside their base paths, /simulator/) is answered in the words of the first.
 */
export const APIS: readonly [ApiVersion, ...ApiVersion[]] = [v3, v4];

/**
 * Those of the wanted ones that a Prism Central of this version has; all of them when none is named. Throws
 * OperationError `invalid-input` when none is left.
 */
export function apisOf(
  version: PcVersion,
  wanted: readonly ApiName[] | undefined,
): [ApiVersion, ...ApiVersion[]] {
  const [first, ...others] = APIS.filter(
    (api) => api.isServedBy(version) && (wanted?.includes(api.name) ?? true),
  );
  if (first !== undefined) return [first, ...others];
  throw new OperationError({
    code: 'invalid-input',
    attempted: 'choose the APIs to serve',
    problem: `${version.text} has none of: ${wanted?.join(', ') ?? ''}`,
    advice: 'API v4 comes with pc.2024.3; v3 is there in every version.',
  });
}

/** A profile with the times that are recorded of all these versions. */
export function profileNamed(name: ProfileName): LatencyProfile {
  const all = APIS.map(({ recordedTimes }) => recordedTimes);
  return latencyProfile(name, {
    calls: Object.fromEntries(all.flatMap(({ calls }) => Object.entries(calls))),
    tasks: Object.fromEntries(all.flatMap(({ tasks }) => Object.entries(tasks))),
  });
}
