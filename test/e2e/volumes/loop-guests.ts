import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  scsiSerial,
  type Guest,
  type GuestBackend,
  type GuestDisk,
} from '../../../src/simulator/guests/index.js';

interface Host {
  /** What `/dev/disk/by-id` is for the processes of this host. */
  readonly links: string;
  /** A process of its mount namespace. */
  readonly pid: number;
  /** Process that keeps its mount namespace; undefined = this computer itself. */
  readonly keeper?: ChildProcess;
  readonly disks: Map<string, { readonly device: string; readonly link: string }>;
}

const UDEV_LINKS = '/dev/disk/by-id';

/**
 * VMs as mount namespaces of this computer, or one of them as this computer itself: what the simulated storage attaches to one is a loop device there, with the
 * link that udev makes of AHV's serial. A disk that is taken away while it is mounted is a violation.
 */
export class LoopGuests implements GuestBackend {
  readonly kind = 'loop devices';
  readonly folder = mkdtempSync(join(tmpdir(), 'loop-guests-'));
  readonly violations: string[] = [];
  /** Hosts from which a disk may be taken away while it is mounted: what they have mounted fails from then on. */
  readonly silent = new Set<string>();
  readonly #hosts = new Map<string, Host>();

  /** A host for the VM of this name, to be called before that is made. */
  async addHost(name: string): Promise<void> {
    const links = join(this.folder, `${name}-by-id`);
    mkdirSync(links);
    mkdirSync(UDEV_LINKS, { recursive: true });
    const script = `mount --bind ${links} ${UDEV_LINKS}; echo ready; exec sleep infinity`;
    const keeper = spawn('unshare', ['--mount', '--propagation', 'private', 'sh', '-ec', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#hosts.set(name, { links, pid: keeper.pid ?? 0, keeper, disks: new Map() });
    await new Promise((resolve) => keeper.stdout.once('data', resolve));
  }

  /** This computer as the VM of this name, for what has to share mounts with its other processes, such as an engine. */
  addThisComputer(name: string): void {
    mkdirSync(UDEV_LINKS, { recursive: true });
    this.#hosts.set(name, { links: UDEV_LINKS, pid: process.pid, disks: new Map() });
  }

  /** Starts a program in the host; its id is the program's own. */
  spawnIn(name: string, program: string, ...args: string[]): ChildProcess {
    const place = `--mount=/proc/${String(this.#host(name).pid)}/ns/mnt`;
    return spawn('nsenter', [place, '--', program, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  }

  /** A path of the host as this process reaches it. */
  path(name: string, path: string): string {
    return `/proc/${String(this.#host(name).pid)}/root${path}`;
  }

  /** Ids of the disks that are mounted in the host, and the folders. */
  mounts(name: string): readonly { readonly disk: string; readonly target: string }[] {
    const { pid, disks } = this.#host(name);
    const lines = readFileSync(`/proc/${String(pid)}/mountinfo`, 'utf8').split('\n');
    return lines.flatMap((line) => {
      const [, , , , target = ''] = line.split(' ');
      const source = line.split(' - ')[1]?.split(' ')[1];
      const [disk] = [...disks].find(([, { device }]) => device === source) ?? [];
      return disk === undefined ? [] : [{ disk, target }];
    });
  }

  attached(name: string): readonly string[] {
    return [...this.#host(name).disks.keys()];
  }

  fileOf(disk: string): string {
    return join(this.folder, disk);
  }

  powerOn({ name }: { readonly name: string }): Promise<Guest> {
    return Promise.resolve({
      requestShutdown: () => undefined,
      requestReboot: () => undefined,
      powerOff: () => Promise.resolve(),
      reset: () => Promise.resolve(),
      disksChanged: (disks) => {
        this.#show(name, disks);
        return Promise.resolve();
      },
    });
  }

  remove(): Promise<void> {
    return Promise.resolve();
  }

  async close(): Promise<void> {
    for (const [name, { keeper, disks }] of this.#hosts) {
      // With the last process of a namespace its mounts go.
      const exit = new Promise((resolve) => keeper?.once('exit', resolve));
      if (keeper?.kill('SIGKILL') === true) await exit;
      else for (const { target } of this.mounts(name)) run('umount', '--lazy', target);
      for (const disk of [...disks.keys()]) this.#takeAway(name, disk);
    }
    this.#hosts.clear();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #show(name: string, disks: readonly GuestDisk[]): void {
    const host = this.#hosts.get(name);
    if (host === undefined) return;
    const shown = disks.filter(({ volumeGroupUuid }) => volumeGroupUuid !== undefined);
    for (const disk of [...host.disks.keys()]) {
      if (shown.some(({ uuid }) => uuid === disk)) continue;
      for (const { target } of this.mounts(name).filter((one) => one.disk === disk)) {
        if (this.silent.has(name)) this.#fail(name, target);
        else this.violations.push(`${disk} was taken away from ${name} while it was mounted`);
      }
      this.#takeAway(name, disk);
    }
    for (const disk of shown) {
      if (host.disks.has(disk.uuid)) continue;
      const holders = [...this.#hosts].filter(([, other]) => other.disks.has(disk.uuid));
      for (const [other] of holders) this.violations.push(`${disk.uuid} is at ${name} and at ${other}`);
      const file = this.fileOf(disk.uuid);
      if (!existsSync(file)) {
        writeFileSync(file, '');
        truncateSync(file, disk.sizeBytes);
      }
      const device = run('losetup', '--find', '--show', file);
      const link = join(host.links, `scsi-1NUTANIX_${scsiSerial(disk)}`);
      symlinkSync(device, link);
      host.disks.set(disk.uuid, { device, link });
    }
  }

  /** The kernel keeps a loop device that is mounted; so the file system is ended as one is whose device answers no more. */
  #fail(name: string, target: string): void {
    const place = `--mount=/proc/${String(this.#host(name).pid)}/ns/mnt`;
    run('nsenter', place, '--', 'xfs_io', '-x', '-c', 'shutdown', target);
  }

  #takeAway(name: string, disk: string): void {
    const host = this.#host(name);
    const shown = host.disks.get(disk);
    host.disks.delete(disk);
    if (shown === undefined) return;
    rmSync(shown.link, { force: true });
    run('losetup', '--detach', shown.device);
  }

  #host(name: string): Host {
    const host = this.#hosts.get(name);
    if (host === undefined) throw new Error(`there is no host ${name}`);
    return host;
  }
}

export function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}
