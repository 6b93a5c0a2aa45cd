export { BlockDevices, copyOf, type BlockDevice, type DiskContent } from './block-devices.js';
export { Mounts, mountsText, type Mount } from './mounts.js';
