export { connectionOf, readAuthorities } from './connection.js';
export { credentialsPlace } from './credentials-place.js';
