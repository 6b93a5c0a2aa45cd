import type { Process, Program } from '../../os/process.js';
import { UsageError } from '../../os/usage-error.js';
import type { User } from '../../os/accounts.js';
import { parseOptions } from '../options.js';

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
