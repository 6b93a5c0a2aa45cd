/** Nutanix Volumes without an API: groups of disks, who has them, and how they were earlier. */
export {
  attachToClient,
  attachToVm,
  checkNoGroups,
  checkVmAttachable,
  detachFromClient,
  detachFromVm,
  type GroupAttachment,
  vmAttachmentsOf,
} from './attachments.js';
export { dropContents, dropPoints, fillDisks, keepContents, revertContents } from './contents.js';
export {
  addDisk,
  changeDisk,
  checkDataSources,
  diskOf,
  removeDisk,
  type VolumeDiskChange,
  type VolumeDiskOptions,
} from './disks.js';
export {
  changeGroup,
  deleteGroup,
  newVolumeGroup,
  type NewVolumeGroup,
  type VolumeGroupChange,
  type VolumeGroupOptions,
} from './groups.js';
export { changedClient, clientFor, groupsOf, iqnOf, type IscsiClientOptions } from './iscsi.js';
export {
  groupRecoveryPoint,
  type NewRecoveryPoint,
  restoredGroup,
  revertGroup,
  takeRecoveryPoint,
} from './recovery-points.js';
export { existing } from './refusals.js';
export { serveTargets } from './targets.js';
