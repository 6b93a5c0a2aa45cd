import { execFile } from 'node:child_process';
import { access, constants, lstat, mkdir, readdir, readFile, statfs } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { awakeTimer, limitTimer, systemCode } from '../../support/index.js';
import { bad, ok, skipped, type DoctorFinding } from './finding.js';

/** Where the host shows itself; tests point at folders of their own. */
export interface HostPlaces {
  /** Folders of programs. */
  readonly programs: readonly string[];
  readonly proc: string;
  /** Folder of the engine's plugin sockets. */
  readonly plugins: string;
}

export const HOST_PLACES: HostPlaces = {
  programs: ['/usr/sbin', '/usr/bin', '/sbin', '/bin', '/usr/local/sbin', '/usr/local/bin'],
  proc: '/proc',
  plugins: '/run/docker/plugins',
};

/** What the core calls, with the Debian package that has it. */
const PROGRAMS: readonly (readonly [string, string])[] = [
  ['blkid', 'util-linux'],
  ['mount', 'mount'],
  ['umount', 'mount'],
  ['mkfs.xfs', 'xfsprogs'],
  ['xfs_growfs', 'xfsprogs'],
  ['mkfs.ext4', 'e2fsprogs'],
  ['e2fsck', 'e2fsprogs'],
  ['resize2fs', 'e2fsprogs'],
];
/** Types of file systems that do not outlive a restart, by statfs(2). */
const VOLATILE = new Set([0x01021994, 0x858458f6]);
const PROBE_LIMIT = 3000;

export function rootCheck(isRoot: boolean): DoctorFinding {
  if (isRoot) return ok('root', 'this process is root');
  return bad('root', 'fail', 'this process is not root', 'Run it with sudo: it mounts and formats.');
}

export async function programsCheck({ programs }: HostPlaces, iscsi: boolean): Promise<DoctorFinding> {
  const wanted = iscsi ? [...PROGRAMS, ['iscsiadm', 'open-iscsi'] as const] : PROGRAMS;
  const missing: (readonly [string, string])[] = [];
  for (const row of wanted) if (!(await isThere(programs, row[0]))) missing.push(row);
  if (missing.length === 0) return ok('programs', wanted.map(([name]) => name).join(', '));
  const packages = [...new Set(missing.map(([, name]) => name))].join(' ');
  const names = missing.map(([name]) => name).join(', ');
  return bad('programs', 'fail', `missing: ${names}`, `On Debian: apt-get install ${packages}.`);
}

async function isThere(folders: readonly string[], name: string): Promise<boolean> {
  for (const folder of folders) {
    const found = await access(join(folder, name), constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return true;
  }
  return false;
}

/** File systems and drivers that the kernel has or could load. */
export async function kernelCheck(places: HostPlaces, iscsi: boolean): Promise<DoctorFinding> {
  const known = await readFile(join(places.proc, 'filesystems'), 'utf8').catch(() => '');
  const wanted = ['xfs', 'ext4'].filter((type) => !new RegExp(`\\b${type}$`, 'm').test(known));
  const modules = iscsi ? [...wanted, 'iscsi_tcp'] : wanted;
  const missing: string[] = [];
  for (const name of modules) if (!(await isLoadable(places, name))) missing.push(name);
  if (missing.length === 0) return ok('kernel', `xfs, ext4${iscsi ? ', iscsi_tcp' : ''}`);
  const advice = `Load them (modprobe ${missing.join(' ')}) or take a kernel that has them; cloud kernels may leave them out.`;
  return bad('kernel', 'fail', `neither built in nor loadable: ${missing.join(', ')}`, advice);
}

/** Loaded, or modprobe would find it. */
async function isLoadable({ proc, programs }: HostPlaces, name: string): Promise<boolean> {
  const loaded = await readFile(join(proc, 'modules'), 'utf8').catch(() => '');
  if (new RegExp(`^${name} `, 'm').test(loaded)) return true;
  for (const folder of programs) {
    const path = join(folder, 'modprobe');
    if (await succeeds(path, ['--dry-run', '--quiet', name])) return true;
  }
  return false;
}

function succeeds(path: string, args: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(path, args, { timeout: PROBE_LIMIT }, (error) => resolve(error === null));
  });
}

/** Records have to outlive a restart, or containers of before it have no plugin that knows their volumes. */
export async function folderCheck(folder: string): Promise<DoctorFinding> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await access(folder, constants.W_OK);
    if (VOLATILE.has((await statfs(folder)).type)) {
      const advice = 'Put it on a disk (key folder): records have to be there after a restart of the host.';
      return bad('folder', 'fail', `${folder} is in memory`, advice);
    }
    return ok('folder', folder);
  } catch (error) {
    return bad(
      'folder',
      'fail',
      `${folder}: ${systemCode(error) ?? 'not usable'}`,
      'Make it, for root alone.',
    );
  }
}

/** The engine's folder, and whether a plugin answers in it. */
export async function engineCheck({ plugins }: HostPlaces, socket: string): Promise<DoctorFinding> {
  const names = await readdir(plugins).catch(() => undefined);
  if (names === undefined && dirname(socket) === plugins) {
    const advice =
      'The service makes it: systemctl enable --now nutanix-volume.socket nutanix-volume.service.';
    return bad('plugin', 'warn', `there is no folder ${plugins}`, advice);
  }
  const found = await lstat(socket).catch(() => undefined);
  if (found?.isSocket() !== true) {
    return bad(
      'plugin',
      'warn',
      `nothing listens at ${socket}`,
      'systemctl status nutanix-volume tells why.',
    );
  }
  const answer = await activation(socket);
  if (answer.includes('VolumeDriver')) return ok('plugin', `answers at ${socket}`);
  const advice = 'systemctl restart nutanix-volume; volumes stay mounted meanwhile.';
  return bad('plugin', 'fail', `what listens at ${socket} does not answer as a volume plugin`, advice);
}

function activation(path: string): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect({ path });
    const limit = awakeTimer(PROBE_LIMIT, () => socket.destroy());
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes('Implements')) socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      limit.clear();
      resolve(text);
    });
    socket.write(
      'POST /Plugin.Activate HTTP/1.1\r\nHost: \r\nConnection: close\r\nContent-Length: 0\r\n\r\n',
    );
  });
}

/** Connects to `host:port`. */
export async function portalCheck(portal: string | undefined, needed: boolean): Promise<DoctorFinding> {
  if (portal === undefined) {
    const advice = 'Set the data services IP address of the cluster in Prism.';
    return needed
      ? bad('portal', 'fail', 'the cluster has no iSCSI data services', advice)
      : skipped('portal', 'not needed: the hypervisor attaches volumes');
  }
  const [, host = portal, port = '3260'] = /^(.*):(\d+)$/.exec(portal) ?? [];
  const problem = await connectProblem(host.replace(/^\[(.*)\]$/, '$1'), Number(port));
  if (problem === undefined) return ok('portal', `${portal} is reached`);
  if (!needed) return skipped('portal', `${portal} is not reached (${problem}); only iSCSI needs it`);
  const advice = 'Let this host reach it: firewall, route, VLAN of the data services network.';
  return bad('portal', 'fail', `${portal}: ${problem}`, advice);
}

function connectProblem(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const limit = limitTimer(PROBE_LIMIT, () => end('no answer'));
    const end = (problem?: string): void => {
      limit.clear();
      socket.destroy();
      resolve(problem);
    };
    socket.once('connect', () => end());
    socket.once('error', (error) => end(systemCode(error) ?? error.message));
  });
}
