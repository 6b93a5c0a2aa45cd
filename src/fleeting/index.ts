/** The plugin of GitLab Runner's autoscaling: groups of instances behind GitLab's fleeting contract. */
export type {
  ConnectionToInstance,
  ConnectorSettings,
  GroupIdentity,
  InstanceGroup,
  InstanceState,
} from './contract.js';
export { createInstanceGroup } from './instance-group/group.js';
export type { GroupCloud, GroupParts, HeldGroup } from './instance-group/group-parts.js';
export { takeGroupLease } from './lease/index.js';
export { InstanceGroupService, type InstanceGroupServiceOptions } from './service/index.js';
export { readGroupSettings, SETTING_NAMES } from './plugin-config/index.js';
export {
  buildInfo,
  describeBuild,
  explanation,
  answerCommand,
  type BuildDescription,
  type AskedProgram,
} from './program/index.js';
