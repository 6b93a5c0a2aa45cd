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
 * Makes the file systems; arguments are BUS:INDEX:SIZE:FILESYSTEM:LABEL, size in sectors of 512 bytes.
 *
 * It runs at every boot, before cloud-init's `mounts`, in place of cloud-init's `fs_setup`, for two reasons.
 * `fs_setup` wants a device name, and no name is both known beforehand and stable: sdX may change from boot to
 * boot (Linux probes disks in parallel since 5.2), by-path holds the PCI address of a controller, by-id the
 * UUID of a virtual disk that does not exist yet. And `fs_setup` formats a disk that holds another file system
 * than the one asked for. So the disk is found by what is known of it, its SCSI target (AHV: target = index of
 * the disk, LUN 0) or else its exact size, and only one without any signature is ever formatted.
 */
const SCRIPT = `
log() { echo "docker host disks: $*" >&2; }
blank() { # whole disk, nothing on it that blkid knows (its exit code 2), no partitions
  [ -b "/dev/$1" ] || return 1
  ls -d "/sys/block/$1/$1"* >/dev/null 2>&1 && return 1
  blkid -p "/dev/$1" >/dev/null 2>&1
  [ $? -eq 2 ]
}
find_disk() { # BUS INDEX SECTORS
  if [ "$1" = scsi ]; then
    for link in /sys/class/scsi_device/*:0:"$2":0/device/block/*; do
      name=\${link##*/}
      [ "$(cat "/sys/block/$name/size" 2>/dev/null)" = "$3" ] && blank "$name" && echo "$name" && return
    done
  fi
  for dir in /sys/block/*; do
    name=\${dir##*/}
    case $name in sr*|fd*|ram*|zram*|dm-*|md*|nbd*) continue ;; esac
    [ "$(cat "$dir/size" 2>/dev/null)" = "$3" ] && blank "$name" && echo "$name" && return
  done
}
failed=0
command -v udevadm >/dev/null && udevadm settle
for disk in "$@"; do
  IFS=: read -r bus index sectors type label <<END
$disk
END
  link=/dev/disk/by-label/$label
  [ -e "$link" ] && continue
  name=$(find_disk "$bus" "$index" "$sectors")
  if [ -z "$name" ]; then log "no blank disk of $sectors sectors for $label"; failed=1; continue; fi
  if ! command -v "mkfs.$type" >/dev/null; then log "this image has no mkfs.$type"; failed=1; continue; fi
  if ! "mkfs.$type" -q -L "$label" "/dev/$name" </dev/null; then failed=1; continue; fi
  log "made $type $label on /dev/$name"
  command -v udevadm >/dev/null && udevadm settle
  [ -e "$link" ] || { mkdir -p /dev/disk/by-label && ln -sf "/dev/$name" "$link"; }
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
