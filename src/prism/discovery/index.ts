/** Which versions of which API a server has. */
export { SpokenVersions } from './spoken-versions.js';
export { knownVersions, newestUpTo, type Namespace } from './versions.js';
