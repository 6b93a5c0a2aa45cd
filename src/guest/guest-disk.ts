import { scriptText } from './script-text.js';

/** A disk of the VM that the guest shall format, if it is blank, and mount. */
export interface GuestDisk {
  readonly bus: 'scsi' | 'sata' | 'pci' | 'ide';
  /** Place on its bus; the system disk is scsi 0. */
  readonly index: number;
  readonly sizeGiB: number;
  readonly filesystem: 'xfs' | 'ext4';
  /** Absolute path of the mount point. */
  readonly path: string;
  /** Label of the file system, by which it is mounted: at most 12 characters (the limit of xfs). */
  readonly label: string;
}

const SECTORS_PER_GIB = 2 ** 21;

/**
 * The item of cloud-config's `bootcmd` that formats the disks: scripts/format-disks.sh, whose arguments are
 * BUS:INDEX:SECTORS:FILESYSTEM:LABEL, a sector being 512 bytes.
 *
 * It runs at every boot, before cloud-init's `mounts`, in place of cloud-init's `fs_setup`, for two reasons.
 * `fs_setup` wants a device name, and no name is both known beforehand and stable: sdX may change from boot to
 * boot (Linux probes disks in parallel), by-path holds the PCI address of a controller, by-id the UUID of a
 * virtual disk that does not exist yet. And `fs_setup` formats a disk that holds another file system than the
 * one asked for. Here a disk is found by its SCSI target (AHV: target = index of the disk, LUN 0) or else by its
 * exact size, and only one on which blkid sees nothing at all (its exit code 2) is ever formatted.
 */
export function formatCommand(disks: readonly GuestDisk[]): readonly string[] {
  const describe = ({ bus, index, sizeGiB, filesystem, label }: GuestDisk): string =>
    [bus, index, sizeGiB * SECTORS_PER_GIB, filesystem, label].join(':');
  return ['sh', '-c', scriptText('format-disks.sh'), 'format-disks', ...disks.map(describe)];
}

/**
 * A row of cloud-config's `mounts` (the six fields of fstab). `nofail`: a guest without the disk still boots
 * and can be reached. `nofail` also takes the mount out of what the boot waits for, so it is put before Docker
 * by name: a Docker that starts first would fill the system disk. (`LABEL=` is not understood by the
 * `mounts` of older cloud-init; the path is the same.)
 */
export function mountRow({ label, path, filesystem }: GuestDisk): readonly string[] {
  const options = 'defaults,nofail,x-systemd.device-timeout=30s,x-systemd.before=docker.service';
  return [`/dev/disk/by-label/${label}`, path, filesystem, options, '0', '2'];
}
