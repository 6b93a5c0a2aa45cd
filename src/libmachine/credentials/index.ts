export { connectionOf, readAuthorities } from './connection.js';
