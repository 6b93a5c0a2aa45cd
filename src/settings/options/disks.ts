import { between, oneOf } from './checks.js';
import { diskList, FILESYSTEMS, LARGEST_DISK } from './disk.js';
import { optionsIn } from './option.js';

const option = optionsIn('Disks');

/** Sizes of the system disk and the disks beside it, GiB. */
export const diskOptions = {
  ImageSize: option.int({
    name: 'nutanix-vm-image-size',
    help: 'Grow the system disk to this many GiB; 0 = the size of the image',
    check: between(0, LARGEST_DISK),
    since: 'official',
  }),
  DiskSize: option.int({
    name: 'nutanix-disk-size',
    help: 'Add one raw disk of this many GiB',
    check: between(0, LARGEST_DISK),
    since: 'official',
  }),
  StorageContainer: option.string({
    name: 'nutanix-storage-container',
    help: 'Storage container of that disk and of the Docker disk, by name or UUID; empty = the cluster picks',
    since: 'official',
  }),
  Disks: option.slice({
    name: 'nutanix-disk',
    help: 'Add a disk: size=GIB[,container=NAME|UUID][,bus=scsi|sata|pci|ide][,mount=/PATH][,fs=xfs|ext4]; repeatable',
    check: diskList,
  }),
  DockerDiskSize: option.int({
    name: 'nutanix-docker-disk-size',
    help: 'Add a disk of this many GiB for /var/lib/docker; 0 = none',
    check: between(0, LARGEST_DISK),
  }),
  DockerDiskFS: option.string({
    name: 'nutanix-docker-disk-fs',
    help: 'File system of the Docker disk: xfs or ext4',
    fallback: 'xfs',
    check: oneOf(...FILESYSTEMS),
  }),
} as const;
