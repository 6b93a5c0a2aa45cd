export type { Warn } from './credentials-file.js';
export { connectionOf, readAuthorities } from './connection.js';
export { credentialsPlace, trustPlace } from './credentials-place.js';
