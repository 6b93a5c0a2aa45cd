import type { GuestDisk, GuestSetup } from '../../src/guest/index.js';

export const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKeyOfTheMachine web-1';

export const DOCKER_DISK: GuestDisk = {
  bus: 'scsi',
  index: 1,
  sizeGiB: 50,
  filesystem: 'xfs',
  path: '/var/lib/docker',
  label: 'docker-data',
};

export const ROOT: GuestSetup = { user: 'root', publicKey: KEY, disks: [] };
export const DEPLOY: GuestSetup = { user: 'deploy', publicKey: KEY, disks: [] };
export const WITH_DISK: GuestSetup = { user: 'root', publicKey: KEY, disks: [DOCKER_DISK] };
