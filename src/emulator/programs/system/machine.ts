import type { Process, Program } from '../../os/process.js';
import { UsageError } from '../../os/usage-error.js';
import { parseOptions } from '../options.js';

const HOSTNAME = /^[A-Za-z0-9][A-Za-z0-9.-]{0,252}$/;

function requireRoot(process: Process, problem: string): void {
  if (process.user.uid !== 0) throw new UsageError(problem);
}

const hostname: Program = async (process) => {
  const options = parseOptions(process.args, {
    s: 'flag',
    short: '=s',
    f: 'flag',
    fqdn: '=f',
    I: 'flag',
    i: 'flag',
    d: 'flag',
  });
  const { system } = process;
  const [wanted] = options.operands;
  if (wanted !== undefined) {
    requireRoot(process, 'you must be root to change the host name');
    if (!HOSTNAME.test(wanted)) throw new UsageError('the specified hostname is invalid');
    system.hostname = wanted;
    return 0;
  }
  const [short = ''] = system.hostname.split('.');
  if (options.has('I', 'i')) await process.stdout.line(system.network.addresses.join(' '));
  else if (options.has('d')) await process.stdout.line(system.hostname.slice(short.length + 1));
  else await process.stdout.line(options.has('s') ? short : system.hostname);
  return 0;
};

const hostnamectl: Program = async (process) => {
  const [, verb = 'status', wanted] = process.args;
  const { system } = process;
  if (/^(set-)?hostname$/.test(verb) && wanted !== undefined) {
    requireRoot(process, 'Could not set static hostname: Interactive authentication required.');
    if (!HOSTNAME.test(wanted)) throw new UsageError(`Invalid hostname: ${wanted}`);
    system.fs.writeFile('/etc/hostname', `${wanted}\n`);
    system.hostname = wanted;
    return 0;
  }
  if (verb === 'hostname') await process.stdout.line(system.hostname);
  else {
    await process.stdout.write(
      ` Static hostname: ${system.hostname}\n         Boot ID: ${system.bootId.replaceAll('-', '')}\n` +
        `  Virtualization: emulated\nOperating System: ${system.distribution.prettyName}\n` +
        `          Kernel: Linux ${system.distribution.kernel}\n    Architecture: x86-64\n`,
    );
  }
  return 0;
};

const uname: Program = async (process) => {
  const options = parseOptions(process.args, {
    a: 'flag',
    s: 'flag',
    n: 'flag',
    r: 'flag',
    v: 'flag',
    m: 'flag',
    p: 'flag',
    i: 'flag',
    o: 'flag',
  });
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

/** Prints a fixed line or one made from the guest. */
function saying(text: (process: Process) => string): Program {
  return async (process) => {
    await process.stdout.line(text(process));
    return 0;
  };
}

const uptime = saying(({ system, args }) => {
  const minutes = Math.floor(system.uptime / 60_000);
  if (args.includes('-p')) return `up ${minutes} minutes`;
  if (args.includes('-s'))
    return new Date(Date.now() - system.uptime).toISOString().slice(0, 19).replace('T', ' ');
  return ` up ${minutes} min,  1 user,  load average: 0.00, 0.00, 0.00`;
});

const free = saying(({ system }) => {
  const total = system.spec.memoryMiB * 1024;
  const used = Math.floor(total / 10);
  const columns = [total, used, total - used, 0, 0, total - used]
    .map((value) => String(value).padStart(12))
    .join('');
  return `               total        used        free      shared  buff/cache   available\nMem:   ${columns}`;
});

const lsbRelease: Program = async (process) => {
  const options = parseOptions(process.args, {
    i: 'flag',
    r: 'flag',
    c: 'flag',
    d: 'flag',
    s: 'flag',
    a: 'flag',
  });
  const { id, versionId, codename, prettyName } = process.system.distribution;
  const rows = [
    ['i', 'Distributor ID', id === 'ubuntu' ? 'Ubuntu' : 'Debian'],
    ['d', 'Description', prettyName],
    ['r', 'Release', versionId],
    ['c', 'Codename', codename],
  ] as const;
  for (const [letter, title, value] of rows) {
    if (!options.has(letter, 'a')) continue;
    await process.stdout.line(options.has('s') ? value : `${title}:\t${value}`);
  }
  return 0;
};

/** Kernel parameters: kept in /run, so that they are gone after a reboot. */
const sysctl: Program = async (process) => {
  const options = parseOptions(process.args, {
    w: 'flag',
    n: 'flag',
    p: 'flag',
    q: 'flag',
    e: 'flag',
    a: 'flag',
    system: 'flag',
  });
  const { fs } = process.system;
  for (const operand of options.has('p', 'system') ? [] : options.operands) {
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

const ps = saying(({ system }) => {
  const daemons = system.network.listeners.map(
    ({ program }, index) => `root ${String(500 + index).padStart(6)} ${program}`,
  );
  return ['USER    PID COMMAND', 'root      1 /sbin/init', ...new Set(daemons)].join('\n');
});

export const machinePrograms: Readonly<Record<string, Program>> = {
  hostname,
  hostnamectl,
  uname,
  uptime,
  free,
  lsb_release: lsbRelease,
  sysctl,
  ps,
  arch: saying(() => 'x86_64'),
  nproc: saying(({ system }) => String(system.spec.cpus)),
  // No module can be missing from a kernel that is not there.
  modprobe: () => 0,
  lsmod: saying(() => 'Module                  Size  Used by'),
  sync: () => 0,
};
