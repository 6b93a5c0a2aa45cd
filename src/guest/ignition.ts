import { OperationError } from '../support/index.js';
import { isList, isPlainMap, type GuestSetup, type PlainMap } from './guest-setup.js';

/** An Ignition config: what Flatcar and Fedora CoreOS read in place of cloud-init's user-data. */
export interface IgnitionConfig {
  /** First number of the specification's version: files and users are written a little differently. */
  readonly generation: 2 | 3;
  readonly config: PlainMap;
}

/** Users whom every image with Ignition lets become root without a password. */
const WITH_SUDO = ['root', 'core'];
const SUDOERS = '/etc/sudoers.d/docker-machine';
/** JSON has no octal numbers. */
const MODE_0440 = 0o440;

/**
 * Reads user-data that is JSON. OperationError `invalid-input` when it is no Ignition config of a known
 * version: cloud-init has no use for JSON either.
 */
export function readIgnition(text: string): IgnitionConfig {
  const config = parsed(text);
  const about = isPlainMap(config) ? config['ignition'] : undefined;
  if (!isPlainMap(config) || !isPlainMap(about)) {
    const old = isPlainMap(config) && 'ignitionVersion' in config;
    throw badIgnition(
      old ? 'it is of version 1 of the specification' : 'it is JSON without `ignition.version`',
      'Give an Ignition config of version 2 (Flatcar) or 3 (Flatcar, Fedora CoreOS), or #cloud-config.',
    );
  }
  const { version, config: others } = about;
  const generation = /^([23])\.\d+\.\d+(?:-[a-z]+)?$/.exec(typeof version === 'string' ? version : '')?.[1];
  if (generation === undefined) {
    throw badIgnition(
      `its \`ignition.version\` is ${version === undefined ? 'missing' : JSON.stringify(version)}`,
      'Versions 2 (Flatcar) and 3 (Flatcar, Fedora CoreOS) are known.',
    );
  }
  const replaced = isPlainMap(others) && isPlainMap(others['replace']) && others['replace']['source'];
  if (typeof replaced === 'string' && replaced !== '') {
    throw badIgnition(
      'with `ignition.config.replace` the guest takes another config in place of this one, and the SSH key of this machine would be lost',
      `Name the other one in \`ignition.config.${generation === '2' ? 'append' : 'merge'}\`, which adds it.`,
    );
  }
  return { generation: generation === '2' ? 2 : 3, config };
}

/**
 * The config with the machine's SSH user and key added, as text; nothing of theirs is taken away. A user other
 * than root and core also gets sudo without a password, which provisioning needs. OperationError
 * `invalid-input` where that cannot be, and for disks to be mounted: see `refuseDisks`.
 */
export function mergeIntoIgnition({ generation, config }: IgnitionConfig, setup: GuestSetup): string {
  refuseDisks(setup);
  const passwd = mapIn(config, 'passwd', 'passwd');
  const users = listIn(passwd, 'users', 'passwd.users');
  const merged: PlainMap = {
    ...config,
    passwd: { ...passwd, users: usersWith(users, setup) },
    ...(WITH_SUDO.includes(setup.user) ? {} : { storage: storageWith(config, generation, setup.user) }),
  };
  return `${JSON.stringify(merged, undefined, 2)}\n`;
}

function usersWith(users: readonly unknown[], { user, publicKey }: GuestSetup): readonly unknown[] {
  const at = users.findIndex((one) => isPlainMap(one) && one['name'] === user);
  const found = users[at];
  if (!isPlainMap(found)) return [...users, { name: user, sshAuthorizedKeys: [publicKey] }];
  if (found['shouldExist'] === false) {
    throw badIgnition(
      `its \`passwd.users\` removes the user "${user}", who is to log in over SSH`,
      'Take another SSH user, or leave this one.',
    );
  }
  const keys = listIn(found, 'sshAuthorizedKeys', `passwd.users: ${user}: sshAuthorizedKeys`);
  const sshAuthorizedKeys = keys.includes(publicKey) ? keys : [...keys, publicKey];
  return users.with(at, { ...found, sshAuthorizedKeys });
}

function storageWith(config: PlainMap, generation: 2 | 3, user: string): PlainMap {
  const storage = mapIn(config, 'storage', 'storage');
  const files = listIn(storage, 'files', 'storage.files');
  if (files.some((file) => isPlainMap(file) && file['path'] === SUDOERS)) return storage;
  const source = `data:,${encodeURIComponent(`${user} ALL=(ALL) NOPASSWD:ALL\n`)}`;
  const file = { path: SUDOERS, mode: MODE_0440, contents: { source } };
  return { ...storage, files: [...files, generation === 2 ? { filesystem: 'root', ...file } : file] };
}

/**
 * Ignition wants the name of a device for a file system, and none is known before the VM exists (see
 * guest-disk.ts); the script that looks for the disk is cloud-init's to run.
 */
function refuseDisks({ disks }: GuestSetup): void {
  if (disks.length === 0) return;
  const paths = disks.map(({ path }) => path).join(', ');
  throw new OperationError({
    code: 'invalid-input',
    attempted: `mount a disk at ${paths}`,
    problem: 'the user-data is an Ignition config, into which the mounting of disks is not added',
    advice:
      'Ask for the disk without a mount point, and describe it in the Ignition config (storage.filesystems and a mount unit): ' +
      'the first SCSI disk after the system disk is /dev/sdb.',
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // The parser's own message may quote the text, and join tokens are kept in it.
    const position = /position \d+/.exec(error instanceof Error ? error.message : '')?.[0];
    throw badIgnition(
      `it begins like JSON and is none${position === undefined ? '' : ` (at ${position})`}`,
      'Have it written by butane, or check it with ignition-validate.',
    );
  }
}

function mapIn(config: PlainMap, key: string, name: string): PlainMap {
  const value = config[key] ?? {};
  if (isPlainMap(value)) return value;
  throw badIgnition(`its \`${name}\` is not an object`, 'Check it with ignition-validate.');
}

function listIn(config: PlainMap, key: string, name: string): readonly unknown[] {
  const value = config[key] ?? [];
  if (isList(value)) return value;
  throw badIgnition(`its \`${name}\` is not a list`, 'Check it with ignition-validate.');
}

function badIgnition(problem: string, advice: string): OperationError {
  return new OperationError({
    code: 'invalid-input',
    attempted: 'read the user-data as an Ignition config',
    problem,
    advice,
  });
}
