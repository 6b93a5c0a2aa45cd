export type { Warn } from './credentials-file.js';
export { connectionOf } from './connection.js';
export { credentialsPlace, trustPlace } from './credentials-place.js';
