/** This computer as a node that has volumes: devices, file systems, mounts, iSCSI. */
export { createStorageNode, type StorageNodeOptions } from './linux-storage-node.js';
export type { NodePaths } from './node-paths.js';
export type {
  DeviceContent,
  DiskAddress,
  FilesystemType,
  FilesystemUse,
  MountEntry,
  MountRequest,
  NodeIdentity,
  StorageNode,
} from './storage-node.js';
