export { createHostLifecycle } from './host-lifecycle.js';
export { localProblems } from './prepare-host.js';
export type { HostDependencies } from './host-dependencies.js';
export type { AddressOptions, HostLifecycle, PowerOptions } from './lifecycle.js';
export type { CreatedHost, HostSpec, HostState, PreparedHost, SshAccess } from './types.js';
