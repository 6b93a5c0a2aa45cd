export type { AddressWishes } from './address-choice.js';
export { guestAnswers } from './guest-answers.js';
export { createHostLifecycle } from './host-lifecycle.js';
export { localProblems } from './prepare-host.js';
export type { HostDependencies } from './host-dependencies.js';
export type { AddressOptions, HostLifecycle, PowerOptions } from './lifecycle.js';
export type {
  CreatedHost,
  HostObservation,
  HostSpec,
  HostState,
  PreparedHost,
  SshAccess,
} from './host-spec.js';
export { mountPointProblem } from './rules/mount-point.js';
export { hostNameProblem, isUserName } from './rules/names.js';
