/** The methods of the port of volumes, as this API does them. */
export { attachToInitiator } from './attach-initiator.js';
export { attachToVm } from './attach-vm.js';
export { changeCategories } from './categories.js';
export { createVolume as create } from './create.js';
export { deleteVolume as delete } from './delete.js';
export { detach } from './detach.js';
export {
  findHolder as findVm,
  findVolume as find,
  findVolumesByName as findByName,
  listVolumes as list,
} from './find.js';
export { growDisk as grow } from './grow.js';
export { freeBytesOf as freeBytes, resolveVolumePlacement as resolvePlacement } from './placement.js';
export { renameVolume as rename } from './rename.js';
export {
  createFromSnapshot,
  createSnapshot,
  deleteSnapshot,
  findSnapshot,
  listSnapshots,
} from './snapshots.js';
