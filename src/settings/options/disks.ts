import { between, oneOf } from './checks.js';
import { diskList, FILESYSTEMS, LARGEST_DISK } from './disk.js';
import { intOption, sliceOption, stringOption } from './option.js';

const group = 'Disks';

/** Sizes of the system disk and the disks beside it, GiB. */
export const diskOptions = {
  ImageSize: intOption({
    name: 'nutanix-vm-image-size',
    env: 'NUTANIX_VM_IMAGE_SIZE',
    group,
    help: 'Grow the system disk to this many GiB; 0 = the size of the image',
    check: between(0, LARGEST_DISK),
    since: 'official',
  }),
  DiskSize: intOption({
    name: 'nutanix-disk-size',
    env: 'NUTANIX_DISK_SIZE',
    group,
    help: 'Add one raw disk of this many GiB',
    check: between(0, LARGEST_DISK),
    since: 'official',
  }),
  StorageContainer: stringOption({
    name: 'nutanix-storage-container',
    env: 'NUTANIX_STORAGE_CONTAINER',
    group,
    help: 'Storage container of that disk and of the Docker disk, by name or UUID; empty = the cluster picks',
    since: 'official',
  }),
  Disks: sliceOption({
    name: 'nutanix-disk',
    env: 'NUTANIX_DISK',
    group,
    help: 'Add a disk: size=GIB[,container=NAME|UUID][,bus=scsi|sata|pci|ide][,mount=/PATH][,fs=xfs|ext4]; repeatable',
    check: diskList,
  }),
  DockerDiskSize: intOption({
    name: 'nutanix-docker-disk-size',
    env: 'NUTANIX_DOCKER_DISK_SIZE',
    group,
    help: 'Add a disk of this many GiB for /var/lib/docker; 0 = none',
    check: between(0, LARGEST_DISK),
  }),
  DockerDiskFS: stringOption({
    name: 'nutanix-docker-disk-fs',
    env: 'NUTANIX_DOCKER_DISK_FS',
    group,
    help: 'File system of the Docker disk: xfs or ext4',
    fallback: 'xfs',
    check: oneOf(...FILESYSTEMS),
  }),
} as const;
