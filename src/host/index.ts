/**
 * The life of one Docker host on any cloud: prepare, create, power, remove, state. Keeps nothing between two calls and
 * knows no settings. The rules of hosts have a face of their own, `rules/index.ts`.
 */
export type { AddressOptions, AddressPreference } from './address-choice.js';
export { guestAnswers } from './guest-answers.js';
export type { CreatedHost, HostDependencies, HostSpec, PreparedHost, SshAccess } from './host-spec.js';
export type { HostObservation, HostState } from './host-state.js';
export { createHostLifecycle, type HostLifecycle } from './lifecycle.js';
export type { PowerOptions } from './power.js';
export { localProblems } from './prepare-host.js';
