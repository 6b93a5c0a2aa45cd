export { codeOf, connectionOf, readAuthorities } from './connection.js';
