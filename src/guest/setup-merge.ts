import { OperationError } from '../support/index.js';
import { formatCommand, mountRow } from './guest-disk.js';
import { isList, isPlainMap, type GuestSetup, type PlainMap } from './guest-setup.js';

/**
 * The user's cloud-config with our setup added; nothing of the user's is taken away or put in another order.
 *
 * Root gets the key by the top-level `ssh_authorized_keys` and `disable_root: false`, which works whatever
 * `users` holds and leaves root's password alone. Cloud images refuse root over SSH otherwise, so this one
 * setting is ours even where theirs says the contrary: logging in as root is what was asked for.
 */
export function addSetup(config: PlainMap, setup: GuestSetup): PlainMap {
  return { ...config, ...loginSettings(config, setup), ...diskSettings(config, setup) };
}

/** What provisioning needs of another user than root: to become root without a password. */
const SUDO = 'ALL=(ALL) NOPASSWD:ALL';

/** `disable_root` has to win over theirs; kept apart for who cannot look into theirs. */
export const ROOT_LOGIN: PlainMap = { disable_root: false };

function loginSettings(config: PlainMap, setup: GuestSetup): PlainMap {
  if (setup.user === 'root') {
    return {
      ...ROOT_LOGIN,
      ssh_authorized_keys: keysWith(config['ssh_authorized_keys'], setup.publicKey),
    };
  }
  const { user } = config;
  // The old form: `user` replaces what the distribution says of its default user, before `users` is read.
  if (isPlainMap(user) && user['name'] === setup.user) return { user: withKey(user, setup) };
  return { users: usersWith(config['users'], setup) };
}

/** `users` may be a list of names and maps, a map by name, or names with commas. */
function usersWith(users: unknown, setup: GuestSetup): unknown {
  const account = { sudo: SUDO, shell: '/bin/bash', ssh_authorized_keys: [setup.publicKey] };
  const ours = { name: setup.user, ...account };
  if (users === undefined || users === null) return ['default', ours];
  if (typeof users === 'string') {
    return usersWith(
      users
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== ''),
      setup,
    );
  }
  if (isList(users)) {
    const at = indexOfUser(users, setup.user);
    const found: unknown = users[at];
    return isPlainMap(found) ? users.with(at, withKey(found, setup)) : [...users, ours];
  }
  if (!isPlainMap(users)) throw notMergeable('users', 'a list');
  const found = users[setup.user];
  return { ...users, [setup.user]: isPlainMap(found) ? withKey(found, setup) : account };
}

/** cloud-init joins entries of one name; of their key lists the first one counts. */
function indexOfUser(users: readonly unknown[], name: string): number {
  const named = (entry: unknown): boolean => isPlainMap(entry) && entry['name'] === name;
  const withKeys = users.findIndex((entry) => named(entry) && keyField(entry) !== undefined);
  return withKeys === -1 ? users.findIndex(named) : withKeys;
}

function withKey(user: PlainMap, setup: GuestSetup): PlainMap {
  const field = keyField(user) ?? 'ssh_authorized_keys';
  const sudo = 'sudo' in user ? {} : { sudo: SUDO };
  return { ...user, ...sudo, [field]: keysWith(user[field], setup.publicKey) };
}

/** cloud-init reads `-` in a user's settings as `_`; of two spellings the later one counts. */
function keyField(user: unknown): string | undefined {
  return Object.keys(isPlainMap(user) ? user : {}).findLast(
    (name) => name.replaceAll('-', '_').trim() === 'ssh_authorized_keys',
  );
}

function keysWith(keys: unknown, publicKey: string): unknown {
  if (keys === undefined || keys === null) return [publicKey];
  if (typeof keys === 'string') return keysWith([keys], publicKey);
  if (isList(keys)) return keys.includes(publicKey) ? keys : [...keys, publicKey];
  if (isPlainMap(keys)) return { ...keys, 'docker-machine': publicKey };
  throw notMergeable('ssh_authorized_keys', 'a list');
}

function diskSettings(config: PlainMap, { disks }: GuestSetup): PlainMap {
  if (disks.length === 0) return {};
  const mounts = listOf(config, 'mounts');
  for (const { path } of disks) {
    const theirs = mounts.flatMap((row) => (isList(row) && typeof row[1] === 'string' ? row[1] : []));
    const same = theirs.includes(path);
    const below = theirs.find((other) => other.startsWith(`${path}/`));
    if (same || below !== undefined) throw cannotMount(path, below);
  }
  return {
    bootcmd: [...listOf(config, 'bootcmd'), formatCommand(disks)],
    mounts: [...mounts, ...disks.map(mountRow)],
  };
}

/** cloud-init mounts in the order of the rows, theirs first: ours would hide what theirs has below it. */
function cannotMount(path: string, below: string | undefined): OperationError {
  return new OperationError({
    code: 'invalid-input',
    attempted: `mount a disk at ${path}`,
    problem:
      below === undefined
        ? 'the `mounts` of the cloud-init user-data have this path already'
        : `the \`mounts\` of the cloud-init user-data have ${below}, which would be mounted first and then be hidden`,
    advice: 'Take it out there, or do not ask for the disk.',
  });
}

function listOf(config: PlainMap, key: string): readonly unknown[] {
  const value = config[key] ?? [];
  if (!isList(value)) throw notMergeable(key, 'a list');
  return value;
}

function notMergeable(key: string, expected: string): OperationError {
  return new OperationError({
    code: 'invalid-input',
    attempted: 'add the SSH key of this machine to the cloud-init user-data',
    problem: `its \`${key}\` is not ${expected}`,
    advice: `Write \`${key}\` as cloud-init's documentation shows it.`,
  });
}
