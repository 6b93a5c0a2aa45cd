export type { Backend, Surroundings } from './cloud.js';
export { connectionFromFlags } from './connection-from-flags.js';
export { configureFromFlags, loadConfig, saveConfig } from './configuration.js';
export { Machine } from './machine.js';
export { requestedHost, type RequestedHost } from './requested-host.js';
export { storedVm, type StoredVm } from './stored-vm.js';
export { sshKeyPathOf, sshPortOf, sshUserOf } from './ssh-access.js';
export { vmNotFound } from './vm-not-found.js';
