import type { System } from '../os/process.js';
import { isMapping, list, type Mapping } from './narrow.js';

const LOG = '/var/log/cloud-init.log';

/** The keys of cloud-config that an emulated guest reads. */
const READ = new Set([
  'bootcmd',
  'disable_root',
  'fqdn',
  'fs_setup',
  'groups',
  'hostname',
  'manage_etc_hosts',
  'merge_how',
  'merge_type',
  'mounts',
  'package_update',
  'packages',
  'power_state',
  'preserve_hostname',
  'runcmd',
  'ssh_authorized_keys',
  'user',
  'users',
  'write_files',
]);

/** The settings of one entry that are read, by the key that lists the entries. */
const READ_OF_ENTRIES: Readonly<Record<string, ReadonlySet<string>>> = {
  fs_setup: new Set(['device', 'filesystem', 'label', 'overwrite', 'partition', 'replace_fs']),
  users: new Set([
    'default',
    'gecos',
    'groups',
    'homedir',
    // An emulated guest has no login by password.
    'lock_passwd',
    'lock-passwd',
    'name',
    'no_create_home',
    'no-create-home',
    'primary_group',
    'primary-group',
    'shell',
    'ssh_authorized_keys',
    'ssh-authorized-keys',
    'sudo',
    'system',
    'uid',
  ]),
  write_files: new Set(['append', 'content', 'defer', 'encoding', 'owner', 'path', 'permissions']),
};

/** What the configuration asks for and an emulated guest does not do: `ntp`, `users: passwd` … */
export function unemulated(config: Mapping): string[] {
  const keys = Object.keys(config).filter((key) => !READ.has(key));
  const settings = Object.entries(READ_OF_ENTRIES).flatMap(([key, read]) => {
    const used = list(config[key]).flatMap((entry) => (isMapping(entry) ? Object.keys(entry) : []));
    const named = isMapping(config[key]) ? [] : used.filter((setting) => !read.has(setting));
    return [...new Set(named)].map((setting) => `${key}: ${setting}`);
  });
  return [...keys, ...settings];
}

/**
 * Says in cloud-init's log, the journal and the simulator's log what is not done here. It is no warning of
 * cloud-init's own, so that its status is that of a real guest.
 */
export function warnOfUnemulated({ fs, journal, logger, spec }: System, config: Mapping): void {
  const parts = unemulated(config);
  if (parts.length === 0) return;
  const lines = parts.map((part) => `An emulated guest does not do "${part}"; a real one does.`);
  const time = new Date().toISOString().replace('T', ' ').replace('.', ',').replace('Z', '');
  const before = fs.find(LOG) === undefined ? '' : fs.readText(LOG);
  fs.writeFile(LOG, `${before}${lines.map((line) => `${time} - emulated[WARNING]: ${line}\n`).join('')}`);
  for (const line of lines) journal.add('cloud-init', line);
  logger.warn(
    `guest ${spec.name}: its cloud-config asks for ${parts.map((part) => `"${part}"`).join(', ')}, which emulated guests do not do`,
  );
}
