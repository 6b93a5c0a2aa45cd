/** Which versions of which API a server has. */
export { discoverVersions, type Discovery } from './discover.js';
export { SpokenVersions } from './spoken-versions.js';
export type { Namespace } from './versions.js';
