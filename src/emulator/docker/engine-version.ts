import { isOlder } from '../os/distribution.js';

/** API versions by engine release, newest first; an engine has the first one it reaches. */
const API_VERSIONS: readonly (readonly [release: string, api: string])[] = [
  ['28.2', '1.50'],
  ['28.1', '1.49'],
  ['28.0', '1.48'],
  ['27.2', '1.47'],
  ['27.0', '1.46'],
  ['26.0', '1.45'],
  ['25.0', '1.44'],
  ['24.0', '1.43'],
  ['23.0', '1.42'],
  ['20.10', '1.41'],
  ['19.3', '1.40'],
];

export const MIN_API_VERSION = '1.24';

/** No real build has this id: it shows that the engine is an emulated one. */
export const GIT_COMMIT = 'emulated';

export function apiVersionOf(engineVersion: string): string {
  return API_VERSIONS.find(([release]) => !isOlder(engineVersion, release))?.[1] ?? '1.39';
}
