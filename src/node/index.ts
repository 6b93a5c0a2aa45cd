/** This computer as a node that has volumes: devices, file systems, mounts, iSCSI. */
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
