import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createStorageNode, type DiskAddress, type StorageNode } from '../../src/node/index.js';
import type { Notes, Volumes } from '../../src/provider/index.js';
import type { GuestBackend } from '../../src/simulator/guests/index.js';
import { callContext } from './memory-cloud.js';

/**
 * Disks of a simulated cluster as real block devices: a loop device over a sparse file for each disk, at the host that
 * the cluster gave it to. All but finding and releasing it is the real node.
 */
export class LoopDisks {
  readonly #folder = mkdtempSync(join(tmpdir(), 'loop-disks-'));
  readonly #devices = new Map<string, string>();
  /** Of the cluster, which says where a disk is attached. */
  volumes: (Volumes & Notes) | undefined;

  #isInstant = false;

  /** From now on a disk is copied at one instant, as storage does it, however much is written to it meanwhile. */
  copyAtOnce(): void {
    const image = `${this.#folder}.img`;
    writeFileSync(image, '');
    truncateSync(image, 4 * 2 ** 30);
    execFileSync('mkfs.xfs', ['-q', '-m', 'reflink=1', image]);
    execFileSync('mount', ['-o', 'loop', image, this.#folder]);
    this.#isInstant = true;
  }

  /** What the simulated storage copies; VMs are nothing but names. */
  backend(): GuestBackend {
    const nothing = async (): Promise<void> => await Promise.resolve();
    return {
      kind: 'loop devices',
      powerOn: async () =>
        await Promise.resolve({
          requestShutdown: () => undefined,
          requestReboot: () => undefined,
          powerOff: nothing,
          reset: nothing,
        }),
      remove: nothing,
      close: nothing,
      contents: { copy: async (from, to) => await this.#copy(from, to), remove: nothing },
    };
  }

  /** The file of a disk, for looking at what was written. */
  fileOf(diskId: string): string {
    return join(this.#folder, diskId);
  }

  nodeOf(vmId: string): StorageNode {
    const node = createStorageNode();
    const see = async (disk: DiskAddress): Promise<string | undefined> =>
      (await this.#isAt(disk.diskId, vmId)) ? this.#deviceOf(disk) : undefined;
    return {
      identify: async () => await Promise.resolve({ hostname: vmId, vmId }),
      findDevice: async (disk) => {
        const device = await see(disk);
        if (device === undefined) throw new Error(`disk ${disk.diskId} is not at ${vmId}`);
        return device;
      },
      seeDevice: see,
      flush: async (device, signal) => await node.flush(device, signal),
      releaseDevice: async (disk, signal) => {
        await node.releaseDevice(disk, signal);
        this.#release(disk.diskId);
      },
      rescanSize: async (device, signal) => {
        const [diskId] = [...this.#devices].find(([, one]) => one === device) ?? [];
        const volume = (await this.#all()).find(({ disks }) => disks.some(({ id }) => id === diskId));
        const size = volume?.disks[0]?.sizeBytes ?? 0;
        truncateSync(this.fileOf(diskId ?? ''), size);
        execFileSync('losetup', ['--set-capacity', device]);
        return await node.rescanSize(device, signal);
      },
      inspect: async (device, signal) => await node.inspect(device, signal),
      format: async (device, type, options, signal) => await node.format(device, type, options, signal),
      mount: async (request, signal) => await node.mount(request, signal),
      bind: async (source, target, options, signal) => await node.bind(source, target, options, signal),
      unmount: async (target, signal) => await node.unmount(target, signal),
      mounts: async () => await node.mounts(),
      isMountedElsewhere: async (target) => await node.isMountedElsewhere(target),
      isGoingDown: async () => await Promise.resolve(false),
      growFilesystem: async (target, signal) => await node.growFilesystem(target, signal),
      use: async (target) => await node.use(target),
    };
  }

  free(): void {
    for (const diskId of this.#devices.keys()) this.#release(diskId);
    if (this.#isInstant) execFileSync('umount', [this.#folder]);
    rmSync(this.#folder, { recursive: true });
    rmSync(`${this.#folder}.img`, { force: true });
  }

  async #copy(from: string, to: string): Promise<void> {
    if (!existsSync(this.fileOf(from))) return;
    const args = [
      `--reflink=${this.#isInstant ? 'always' : 'auto'}`,
      '--sparse=auto',
      this.fileOf(from),
      this.fileOf(to),
    ];
    await promisify(execFile)('cp', args);
  }

  async #all(): Promise<readonly Awaited<ReturnType<Volumes['findByName']>>[number][]> {
    const { volumes } = this;
    if (volumes === undefined) throw new Error('no cluster is named');
    const listed = await volumes.list(undefined, callContext());
    const found = await Promise.all(listed.map(async ({ id }) => await volumes.find(id, callContext())));
    return found.flatMap((volume) => volume ?? []);
  }

  async #isAt(diskId: string, vmId: string): Promise<boolean> {
    return (await this.#all()).some(
      ({ disks, attachments }) =>
        disks.some(({ id }) => id === diskId) &&
        attachments.some((one) => one.kind === 'vm' && one.vmId === vmId),
    );
  }

  #deviceOf(disk: DiskAddress): string {
    const known = this.#devices.get(disk.diskId);
    if (known !== undefined) return known;
    const file = this.fileOf(disk.diskId);
    if (!existsSync(file)) {
      writeFileSync(file, '');
      truncateSync(file, disk.kind === 'vm' ? disk.sizeBytes : 0);
    }
    const device = execFileSync('losetup', ['--find', '--show', file], { encoding: 'utf8' }).trim();
    this.#devices.set(disk.diskId, device);
    return device;
  }

  #release(diskId: string): void {
    const device = this.#devices.get(diskId);
    if (device !== undefined) execFileSync('losetup', ['--detach', device]);
    this.#devices.delete(diskId);
  }
}
