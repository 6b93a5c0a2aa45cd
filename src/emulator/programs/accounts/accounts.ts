import { Errno } from '../../filesystem/index.js';
import type { User } from '../../os/accounts.js';
import { UsageError } from '../../os/execute.js';
import type { Process, Program } from '../../os/process.js';
import { parseOptions, type Options } from '../options.js';

function userOf(process: Process, name: string | undefined): User {
  if (name === undefined) return process.user;
  const user = process.system.accounts.user(name);
  if (user === undefined) throw new UsageError(`'${name}': no such user`);
  return user;
}

const whoami: Program = async (process) => {
  await process.stdout.line(process.user.name);
  return 0;
};

const id: Program = async (process) => {
  const options = parseOptions(process.args, 'u g G n');
  const user = userOf(process, options.operands[0]);
  const { accounts } = process.system;
  const groupIds = [...user.groups];
  const group = (gid: number) => (options.has('n') ? accounts.groupName(gid) : String(gid));
  if (options.has('u')) await process.stdout.line(options.has('n') ? user.name : String(user.uid));
  else if (options.has('g')) await process.stdout.line(group(user.gid));
  else if (options.has('G')) await process.stdout.line(groupIds.map(group).join(' '));
  else {
    const named = (gid: number) => `${gid}(${accounts.groupName(gid)})`;
    const all = groupIds.map(named).join(',');
    await process.stdout.line(`uid=${user.uid}(${user.name}) gid=${named(user.gid)} groups=${all}`);
  }
  return 0;
};

const groups: Program = async (process) => {
  const user = userOf(process, process.args[1]);
  await process.stdout.line([...user.groups].map((gid) => process.system.accounts.groupName(gid)).join(' '));
  return 0;
};

/** `getent passwd|group|hosts [KEY …]`. */
const getent: Program = async (process) => {
  const [database = '', ...keys] = process.args.slice(1);
  if (!['passwd', 'group', 'hosts'].includes(database)) throw new UsageError(`Unknown database: ${database}`);
  const lines = process.system.fs
    .readText(`/etc/${database}`)
    .split('\n')
    .filter((line) => line !== '');
  const fields = (line: string) =>
    database === 'hosts' ? line.split(/\s+/) : [line.split(':')[0], line.split(':')[2]];
  const found =
    keys.length === 0 ? lines : keys.flatMap((key) => lines.find((line) => fields(line).includes(key)) ?? []);
  for (const line of found) await process.stdout.line(line);
  return found.length >= keys.length ? 0 : 2;
};

export const identityPrograms: Readonly<Record<string, Program>> = { whoami, id, groups, getent };

/** A program that changes one account, and of which only root may make use. */
function forRoot(
  optionText: string,
  change: (process: Process, options: Options, name: string) => void,
): Program {
  return (process) => {
    const options = parseOptions(process.args, optionText);
    if (process.user.uid !== 0) throw new UsageError('Permission denied.');
    change(process, options, options.operands[0] ?? '');
    return 0;
  };
}

/** Groups by name, each of which has to exist. */
function join(process: Process, user: string, names: string): void {
  const groups = names.split(',').filter((name) => name !== '');
  try {
    process.system.accounts.addToGroups(user, groups);
  } catch (error) {
    if (error instanceof Errno) throw new UsageError(`group '${names}' does not exist`, 6);
    throw error;
  }
}

const USERADD = 'm|create-home M r|system s|shell: u|uid: g|gid: G|groups: d|home|home-dir: c|comment:';

const useradd = forRoot(USERADD, (process, options, name) => {
  if (options.operands.length === 0) throw new UsageError('usage: useradd [options] LOGIN', 2);
  const uid = options.value('u');
  try {
    process.system.accounts.addUser({
      name,
      uid: uid === undefined ? undefined : Number(uid),
      group: options.value('g'),
      gecos: options.value('c'),
      home: options.value('d'),
      shell: options.value('s'),
      system: options.has('r'),
      createHome: options.has('m'),
    });
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new UsageError(
      error.code === 'EEXIST' ? `user '${name}' already exists` : `invalid user name '${name}'`,
      9,
    );
  }
  join(process, name, options.value('G') ?? '');
});

const usermod = forRoot('a|append G|groups:', (process, options, name) => {
  if (process.system.accounts.user(name) === undefined)
    throw new UsageError(`user '${name}' does not exist`, 6);
  // Taking a user out of groups is not emulated.
  if (!options.has('a')) throw new UsageError('-G is not there without -a in an emulated guest', 2);
  join(process, name, options.value('G') ?? '');
});

const groupadd = forRoot('r|system f|force g|gid:', (process, options, name) => {
  const exists = process.system.accounts.groups().some((group) => group.name === name);
  if (exists && options.has('f')) return;
  if (exists) throw new UsageError(`group '${name}' already exists`, 9);
  const gid = options.value('g');
  process.system.accounts.addGroup(name, gid === undefined ? undefined : Number(gid), options.has('r'));
});

export const accountPrograms: Readonly<Record<string, Program>> = { useradd, usermod, groupadd };
