import type { Account } from '../os/accounts.js';
import type { System } from '../os/process.js';
import type { Instance } from './instance.js';
import { texts, truth, type Mapping, isMapping, list, pick, text } from './narrow.js';

/**
 * Keys outside of `users`: they are the default user's. root gets them with a forced command that tells which
 * user to take, unless `disable_root: false`.
 */
export function applySshKeys(system: System, config: Mapping, instance: Instance): void {
  const keys = [...texts(config['ssh_authorized_keys']), ...instance.publicKeys];
  const name = defaultUserName(system, config);
  const accounts = system.accounts.accounts();
  const user = accounts.find((account) => account.name === name);
  const root = accounts.find((account) => account.name === 'root');
  if (user !== undefined) addKeys(system, user, keys);
  if (root === undefined) return;
  if (!truth(config['disable_root'], true)) addKeys(system, root, keys);
  else
    addKeys(
      system,
      root,
      keys.map((key) => `${refusal(user?.name ?? 'NONE')} ${key}`),
    );
}

function refusal(user: string): string {
  const message = `Please login as the user \\"${user}\\" rather than the user \\"root\\".`;
  const options = 'no-port-forwarding,no-agent-forwarding,no-X11-forwarding';
  return `${options},command="echo '${message}';echo;sleep 10;exit 142"`;
}

const SUDOERS = '/etc/sudoers.d/90-cloud-init-users';

/** Makes `groups:` and `users:`; gives warnings. The image's default user is made unless users say otherwise. */
export function applyUsers(system: System, config: Mapping): string[] {
  const warnings: string[] = [];
  makeGroups(system, config['groups']);
  for (const user of usersOf(system, config)) {
    try {
      makeUser(system, user);
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      warnings.push(`Failed to create user ${text(user['name']) ?? ''}: ${problem}`);
    }
  }
  return warnings;
}

/** Name of the user that keys outside of `users` are for; undefined when user-data leaves that user out. */
export function defaultUserName(system: System, config: Mapping): string | undefined {
  return usersOf(system, config).find((user) => user['default'] === true) === undefined
    ? undefined
    : defaultUser(system, config).name;
}

function defaultUser(system: System, config: Mapping): { name: string } & Mapping {
  const own = isMapping(config['user']) ? config['user'] : { name: config['user'] };
  const name = text(own['name']) ?? system.distribution.defaultUser;
  const keys = config['user'] === undefined ? {} : own;
  return {
    groups: ['adm', 'sudo'],
    sudo: 'ALL=(ALL) NOPASSWD:ALL',
    shell: '/bin/bash',
    ...keys,
    name,
    default: true,
  };
}

function usersOf(system: System, config: Mapping): Mapping[] {
  if (config['users'] === undefined) return [defaultUser(system, config)];
  const written = typeof config['users'] === 'string' ? config['users'].split(',') : list(config['users']);
  // A mapping of names to settings is accepted, too.
  const entries = written.flatMap((entry) =>
    isMapping(entry) && entry['name'] === undefined
      ? Object.entries(entry).map(([name, settings]) => ({ ...(isMapping(settings) ? settings : {}), name }))
      : [entry],
  );
  return entries.flatMap((entry): Mapping[] => {
    if (isMapping(entry)) return [entry];
    const name = text(entry)?.trim();
    if (name === undefined) return [];
    return name === 'default' ? [defaultUser(system, config)] : [{ name }];
  });
}

function makeGroups({ accounts }: System, value: unknown): void {
  const wanted = typeof value === 'string' ? value.split(',').map((name) => name.trim()) : list(value);
  for (const entry of wanted) {
    const members = isMapping(entry) ? Object.entries(entry) : [[text(entry) ?? '', []] as const];
    for (const [name] of members) ensureGroup(accounts, name);
  }
}

function ensureGroup(accounts: System['accounts'], name: string): void {
  if (name !== '' && !accounts.groups().some((group) => group.name === name)) accounts.addGroup(name);
}

function makeUser(system: System, user: Mapping): void {
  const { accounts } = system;
  const name = text(user['name']) ?? '';
  const existing = accounts.accounts().find((account) => account.name === name);
  const uid = text(user['uid']);
  const account =
    existing ??
    accounts.addUser({
      name,
      uid: uid === undefined ? undefined : Number(uid),
      group: text(pick(user, 'primary_group', 'primary-group')),
      gecos: text(user['gecos']),
      home: text(user['homedir']),
      shell: text(user['shell']) ?? '/bin/sh',
      system: truth(user['system'], false),
      createHome: !truth(pick(user, 'no_create_home', 'no-create-home'), false),
    });
  const groups = texts(user['groups']).flatMap((entry) => entry.split(',').map((group) => group.trim()));
  for (const group of groups) ensureGroup(accounts, group);
  accounts.addToGroups(
    name,
    groups.filter((group) => group !== ''),
  );
  addKeys(system, account, texts(pick(user, 'ssh_authorized_keys', 'ssh-authorized-keys')));
  for (const rule of texts(user['sudo'])) if (user['sudo'] !== false) addSudoRule(system, `${name} ${rule}`);
}

function addSudoRule({ fs }: System, rule: string): void {
  fs.mkdirs('/etc/sudoers.d');
  const before = fs.find(SUDOERS) === undefined ? '# Created by cloud-init\n' : fs.readText(SUDOERS);
  if (!before.includes(`${rule}\n`)) fs.writeFile(SUDOERS, `${before}${rule}\n`, undefined, 0o440);
}

/** Adds lines to a user's authorized_keys, each once. */
export function addKeys({ fs }: System, account: Account, keys: readonly string[]): void {
  const wanted = keys
    .flatMap((key) => key.split('\n'))
    .map((key) => key.trim())
    .filter((key) => key !== '');
  if (wanted.length === 0) return;
  const directory = `${account.home}/.ssh`;
  const path = `${directory}/authorized_keys`;
  const ownership = { uid: account.uid, gid: account.gid };
  Object.assign(fs.mkdirs(directory), { ...ownership, mode: 0o700 });
  const before =
    fs.find(path) === undefined
      ? []
      : fs
          .readText(path)
          .split('\n')
          .filter((line) => line !== '');
  const lines = [...before, ...wanted.filter((key) => !before.includes(key))];
  Object.assign(fs.writeFile(path, lines.map((line) => `${line}\n`).join('')), { ...ownership, mode: 0o600 });
}
