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

/**
 * Makes the file systems; arguments are BUS:INDEX:SECTORS:FILESYSTEM:LABEL, a sector being 512 bytes.
 *
 * It runs at every boot, before cloud-init's `mounts`, in place of cloud-init's `fs_setup`, for two reasons.
 * `fs_setup` wants a device name, and no name is both known beforehand and stable: sdX may change from boot to
 * boot (Linux probes disks in parallel), by-path holds the PCI address of a controller, by-id the UUID of a
 * virtual disk that does not exist yet. And `fs_setup` formats a disk that holds another file system than the
 * one asked for. Here a disk is found by its SCSI target (AHV: target = index of the disk, LUN 0) or else by its
 * exact size, and only one on which blkid sees nothing at all (its exit code 2) is ever formatted.
 */
const SCRIPT = String.raw`
log() { echo "docker host disks: $*" >&2; }
candidates() { # BUS INDEX: whole disks, the likeliest first
  [ "$1" != scsi ] || ls -d /dev/disk/by-path/*-scsi-0:0:"$2":0 2>/dev/null
  ls -d /dev/sd[a-z] /dev/sd[a-z][a-z] /dev/vd[a-z] /dev/hd[a-z] 2>/dev/null
}
labelled() { # BUS INDEX LABEL
  for device in $(candidates "$1" "$2"); do
    [ "$(blkid -p -s LABEL -o value "$device" 2>/dev/null)" = "$3" ] && echo "$device" && return
  done
}
blank() { # BUS INDEX SECTORS
  for device in $(candidates "$1" "$2"); do
    [ -b "$device" ] && [ "$(blockdev --getsz "$device" 2>/dev/null)" = "$3" ] || continue
    blkid -p "$device" >/dev/null 2>&1
    [ $? -eq 2 ] && echo "$device" && return
  done
}
settle() { command -v udevadm >/dev/null && udevadm settle; }
failed=0
settle
for disk in "$@"; do
  IFS=: read -r bus index sectors type label <<END
$disk
END
  link=/dev/disk/by-label/$label
  [ -e "$link" ] && continue
  device=$(labelled "$bus" "$index" "$label")
  if [ -z "$device" ]; then
    device=$(blank "$bus" "$index" "$sectors")
    if [ -z "$device" ]; then log "no blank disk of $sectors sectors for $label"; failed=1; continue; fi
    if ! command -v "mkfs.$type" >/dev/null; then log "this image has no mkfs.$type"; failed=1; continue; fi
    if ! "mkfs.$type" -q -L "$label" "$device" </dev/null; then failed=1; continue; fi
    log "made $type $label on $device"
    settle
  fi
  [ -e "$link" ] || { mkdir -p /dev/disk/by-label && ln -sf "$device" "$link"; }
done
exit $failed
`.trimStart();

const SECTORS_PER_GIB = 2 ** 21;

/** The item of cloud-config's `bootcmd` that formats the disks. */
export function formatCommand(disks: readonly GuestDisk[]): readonly string[] {
  const describe = ({ bus, index, sizeGiB, filesystem, label }: GuestDisk): string =>
    [bus, index, sizeGiB * SECTORS_PER_GIB, filesystem, label].join(':');
  return ['sh', '-c', SCRIPT, 'format-disks', ...disks.map(describe)];
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
