import type { Process, Program } from '../../os/process.js';
import { UsageError } from '../../os/execute.js';
import { parseOptions } from '../options.js';

const HOSTNAME = /^[A-Za-z0-9][A-Za-z0-9.-]{0,252}$/;

function requireRoot(process: Process, problem: string): void {
  if (process.user.uid !== 0) throw new UsageError(problem);
}

const hostname: Program = async (process) => {
  const options = parseOptions(process.args, 's|short f|fqdn I');
  const { system } = process;
  const [wanted] = options.operands;
  if (wanted !== undefined) {
    requireRoot(process, 'you must be root to change the host name');
    if (!HOSTNAME.test(wanted)) throw new UsageError('the specified hostname is invalid');
    system.hostname = wanted;
    return 0;
  }
  const [short = ''] = system.hostname.split('.');
  if (options.has('I')) await process.stdout.line(system.network.addresses.join(' '));
  else await process.stdout.line(options.has('s') ? short : system.hostname);
  return 0;
};

/** `hostnamectl set-hostname NAME`, `hostnamectl hostname [NAME]`. */
const hostnamectl: Program = async (process) => {
  const [, verb = '', wanted] = process.args;
  const { system } = process;
  if (!/^(set-)?hostname$/.test(verb)) throw new UsageError(`Unknown command verb '${verb}'.`);
  if (wanted === undefined) {
    await process.stdout.line(system.hostname);
    return 0;
  }
  requireRoot(process, 'Could not set static hostname: Interactive authentication required.');
  if (!HOSTNAME.test(wanted)) throw new UsageError(`Invalid hostname: ${wanted}`);
  system.fs.writeFile('/etc/hostname', `${wanted}\n`);
  system.hostname = wanted;
  return 0;
};

const uname: Program = async (process) => {
  const options = parseOptions(process.args, 'a s n r v m p i o');
  const { system } = process;
  const values: readonly (readonly [string, string])[] = [
    ['s', 'Linux'],
    ['n', system.hostname],
    ['r', system.distribution.kernel],
    ['v', '#1 SMP emulated guest'],
    ['m', 'x86_64'],
    ['o', 'GNU/Linux'],
  ];
  const none = !options.has('a', 's', 'n', 'r', 'v', 'm', 'p', 'i', 'o');
  const wanted = (letter: string) => options.has('a') || options.has(letter) || (none && letter === 's');
  const shown = values.filter(([letter]) => wanted(letter) || (letter === 'm' && options.has('p', 'i')));
  await process.stdout.line(shown.map(([, value]) => value).join(' '));
  return 0;
};

/** Kernel parameters: kept in /run, so that they are gone after a reboot. */
const sysctl: Program = async (process) => {
  const options = parseOptions(process.args, 'w n q');
  const { fs } = process.system;
  for (const operand of options.operands) {
    const [name = '', value] = operand.split(/\s*=\s*/);
    const path = `/proc/sys/${name.replaceAll('.', '/').replace(/\/\/+/g, '/')}`;
    if (value !== undefined) {
      requireRoot(process, `permission denied on key "${name}"`);
      fs.mkdirs(path.slice(0, path.lastIndexOf('/')));
      fs.writeFile(path, `${value}\n`);
    }
    const current = fs.find(path)?.kind === 'file' ? fs.readText(path).trim() : undefined;
    if (current === undefined) throw new UsageError(`cannot stat ${path}: No such file or directory`);
    if (!options.has('q')) await process.stdout.line(options.has('n') ? current : `${name} = ${current}`);
  }
  return 0;
};

export const machinePrograms: Readonly<Record<string, Program>> = {
  hostname,
  hostnamectl,
  nproc: async ({ stdout, system }) => {
    await stdout.line(String(system.spec.cpus));
    return 0;
  },
  sync: () => 0,
  sysctl,
  uname,
};
