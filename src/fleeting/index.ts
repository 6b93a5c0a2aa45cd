/** The plugin of GitLab Runner's autoscaling: groups of instances behind GitLab's fleeting contract. */
export type {
  ConnectionToInstance,
  ConnectorSettings,
  GroupIdentity,
  InstanceGroup,
  InstanceState,
} from './contract.js';
export { createInstanceGroup } from './instance-group/group.js';
export type { GroupCloud, GroupParts, Lease } from './instance-group/group-parts.js';
export { InstanceGroupService, type InstanceGroupServiceOptions } from './service/index.js';
