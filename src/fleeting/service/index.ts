/** GitLab's service InstanceGroup over gRPC, in front of a group. */
export { InstanceGroupService, type InstanceGroupServiceOptions } from './instance-group-service.js';
