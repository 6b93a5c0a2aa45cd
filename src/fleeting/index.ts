/** The plugin of GitLab Runner's autoscaling: groups of instances behind GitLab's fleeting contract. */
export type {
  ConnectionToInstance,
  ConnectorSettings,
  GroupIdentity,
  InstanceGroup,
  InstanceState,
} from './contract.js';
export { InstanceGroupService, type InstanceGroupServiceOptions } from './service/index.js';
