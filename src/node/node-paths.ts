/** Where the system shows itself. Tests point them at recorded trees. */
export interface NodePaths {
  /** Mount point of sysfs. */
  readonly sys: string;
  /** Mount point of procfs. */
  readonly proc: string;
  readonly dev: string;
  /** Where daemons keep the numbers of their processes. */
  readonly run: string;
  /** Folder with a folder of modules for each kernel. */
  readonly modules: string;
  /** Folder of `initiatorname.iscsi`. */
  readonly iscsi: string;
  /** Folders in which open-iscsi may keep its records (`nodes/…`); which one is a choice of the distribution. */
  readonly iscsiRecords: readonly string[];
  /** Folders in which programs of the system are looked for, in this order; PATH is not asked. */
  readonly programs: readonly string[];
}

export const SYSTEM_PATHS: NodePaths = {
  sys: '/sys',
  proc: '/proc',
  dev: '/dev',
  run: '/run',
  modules: '/lib/modules',
  iscsi: '/etc/iscsi',
  // Debian and SUSE keep the records in /etc/iscsi, Red Hat in /var/lib/iscsi.
  iscsiRecords: ['/var/lib/iscsi', '/etc/iscsi'],
  programs: ['/usr/sbin', '/usr/bin', '/sbin', '/bin', '/usr/local/sbin', '/usr/local/bin'],
};
