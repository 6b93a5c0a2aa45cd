/** In which package a program is, for the advice when it is missing. */
export interface ProgramOrigin {
  readonly debian: string;
  readonly redHat: string;
}

const UTIL_LINUX: ProgramOrigin = { debian: 'util-linux', redHat: 'util-linux' };
const MOUNT: ProgramOrigin = { debian: 'mount', redHat: 'util-linux' };
const XFS: ProgramOrigin = { debian: 'xfsprogs', redHat: 'xfsprogs' };
const EXT: ProgramOrigin = { debian: 'e2fsprogs', redHat: 'e2fsprogs' };
const MULTIPATH: ProgramOrigin = { debian: 'multipath-tools', redHat: 'device-mapper-multipath' };

/** Every program of the system that this room starts. */
const ORIGINS = {
  blkid: UTIL_LINUX,
  blockdev: UTIL_LINUX,
  losetup: MOUNT,
  mount: MOUNT,
  umount: MOUNT,
  'mkfs.xfs': XFS,
  xfs_growfs: XFS,
  'mkfs.ext4': EXT,
  resize2fs: EXT,
  iscsiadm: { debian: 'open-iscsi', redHat: 'iscsi-initiator-utils' },
  multipath: MULTIPATH,
  multipathd: MULTIPATH,
  systemctl: { debian: 'systemd', redHat: 'systemd' },
} satisfies Readonly<Record<string, ProgramOrigin>>;

export type ProgramName = keyof typeof ORIGINS;

export function originOf(program: ProgramName): ProgramOrigin {
  return ORIGINS[program];
}

/** A full sentence that says how the program is installed. */
export function installAdvice(program: ProgramName): string {
  const { debian, redHat } = originOf(program);
  return debian === redHat
    ? `Install the package ${debian} on this host.`
    : `Install it on this host: package ${debian} on Debian and Ubuntu, ${redHat} on Red Hat and its kin.`;
}
