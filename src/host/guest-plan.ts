import type { GuestDisk, GuestSetup } from '../guest/index.js';
import type { HostSpec } from './host-spec.js';

/** First label of the host's name. */
export function hostnameOf(name: string): string {
  return name.split('.')[0] ?? name;
}

/** What the guest of a host has to become. */
export function guestSetupOf(spec: HostSpec, publicKey: string): GuestSetup {
  return { user: spec.ssh.user, publicKey, disks: guestDisks(spec) };
}

/** The disks that the guest mounts, a folder before what is mounted below it: otherwise it would hide that. */
export function guestDisks({ vm, dockerDisk, mounts }: HostSpec): readonly GuestDisk[] {
  const docker = dockerDisk === undefined ? [] : [{ ...dockerDisk, path: DOCKER_ROOT, label: 'docker-data' }];
  const others = mounts.map((mount) => ({ ...mount, label: `disk-${mount.disk + 1}` }));
  const inOrder = [...docker, ...others].sort((a, b) => depthOf(a.path) - depthOf(b.path));
  return inOrder.flatMap(({ disk, filesystem, path, label }) => {
    const at = vm.disks[disk];
    if (at === undefined) return [];
    const { bus, sizeGiB } = at;
    // The provider gives the disks of one bus their places in order; the system disk is scsi 0.
    const before = vm.disks.slice(0, disk).filter((other) => other.bus === bus).length;
    return [{ bus, index: bus === 'scsi' ? before + 1 : before, sizeGiB, filesystem, path, label }];
  });
}

function depthOf(path: string): number {
  return path.split('/').length;
}

/** Where Docker keeps images, containers and volumes unless it is told otherwise. */
export const DOCKER_ROOT = '/var/lib/docker';
