/** Where the system shows itself. Tests point a copy of them at recorded trees. */
export const SYSTEM_PATHS = {
  /** Mount point of sysfs. */
  sys: '/sys',
  /** Mount point of procfs. */
  proc: '/proc',
  dev: '/dev',
  /** Where daemons keep the numbers of their processes. */
  run: '/run',
  /** Folder with a folder of modules for each kernel. */
  modules: '/lib/modules',
  /** Folder of `initiatorname.iscsi`. */
  iscsi: '/etc/iscsi',
  /** Folders in which open-iscsi may keep its records (`nodes/…`): Debian and SUSE in /etc/iscsi, Red Hat in /var/lib/iscsi. */
  iscsiRecords: ['/var/lib/iscsi', '/etc/iscsi'] as readonly string[],
  /** Folders in which programs of the system are looked for, in this order; PATH is not asked. */
  programs: [
    '/usr/sbin',
    '/usr/bin',
    '/sbin',
    '/bin',
    '/usr/local/sbin',
    '/usr/local/bin',
  ] as readonly string[],
};
export type NodePaths = Readonly<typeof SYSTEM_PATHS>;
