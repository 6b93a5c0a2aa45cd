export type { Backend, Surroundings } from './cloud.js';
export { connectionFromFlags } from '../../settings/index.js';
export { configureFromFlags, loadConfig, saveConfig } from './configuration.js';
export { Machine } from './machine.js';
export { requestedHost, type RequestedHost } from '../../settings/index.js';
export { storedVm, type StoredVm } from '../../settings/index.js';
export { sshKeyPathOf, sshPortOf, sshUserOf } from '../../settings/index.js';
export { vmNotFound } from './vm-not-found.js';
