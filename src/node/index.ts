/** This computer as a node that has volumes: devices, file systems, mounts, iSCSI. */
export { createStorageNode, type StorageNodeOptions } from './linux-storage-node.js';
export { examineNode, type Finding } from './examination.js';
export type { NodePaths } from './node-paths.js';
export type {
  DeviceContent,
  DiskAddress,
  FilesystemType,
  FilesystemUse,
  IscsiDiskAddress,
  MountEntry,
  MountRequest,
  NodeIdentity,
  StorageNode,
  VmDiskAddress,
} from './storage-node.js';
