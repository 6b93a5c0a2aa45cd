import { existsSync, mkdirSync, mkdtempSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type {
  DeviceContent,
  DiskAddress,
  FilesystemType,
  FilesystemUse,
  MountEntry,
  MountRequest,
  NodeIdentity,
  StorageNode,
} from '../../src/node/index.js';
import { failure, TEMPORARY, type MemoryCloud } from './memory-cloud.js';

/** What lies on the disks of all hosts: files outlive mounts. A disk that is mounted twice is a violation. */
export class MemoryDisks {
  readonly folder = mkdtempSync(join(TEMPORARY, 'memory-disks-'));
  readonly contents = new Map<string, DeviceContent>();
  readonly violations: string[] = [];
  readonly #mounted = new Map<string, string>();

  /** A mount takes the disk's folder to its target, an unmount brings it back: files are where they are mounted. */
  mount(diskId: string, target: string, host: string): void {
    const other = this.#mounted.get(diskId);
    if (other !== undefined) this.violations.push(`${diskId} is mounted on ${other} and on ${host}`);
    this.#mounted.set(diskId, host);
    if (existsSync(target)) rmdirSync(target);
    if (existsSync(this.#path(diskId))) renameSync(this.#path(diskId), target);
    else mkdirSync(target, { recursive: true });
  }

  unmount(diskId: string, target: string): void {
    this.#mounted.delete(diskId);
    renameSync(target, this.#path(diskId));
  }

  format(diskId: string, type: FilesystemType): void {
    const before = this.contents.get(diskId) ?? { kind: 'blank' };
    if (before.kind !== 'blank') this.violations.push(`${diskId} was formatted and held ${before.kind}`);
    this.contents.set(diskId, { kind: 'filesystem', type, uuid: diskId });
  }

  free(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #path(diskId: string): string {
    return join(this.folder, diskId);
  }
}

/** One host over disks in memory. What the kernel has (mounts) outlives a process, and not the host. */
export class MemoryNode implements StorageNode {
  readonly mounted = new Map<string, { readonly diskId: string; readonly type: string }>();
  readonly binds = new Map<string, string>();
  /** Disks by the binds that keep them in use. */
  readonly #bound = new Map<string, string>();
  readonly busy = new Set<string>();
  /** What is mounted in a container, or, with undefined, may be. */
  readonly elsewhere = new Map<string, boolean | undefined>();
  /** Disks that the kernel has. */
  readonly devices = new Set<string>();
  goesDown = false;
  /** Called before each call that changes something, and after it. */
  around: (call: string) => void | Promise<void> = () => undefined;
  readonly #vmId: string;
  readonly #cloud: MemoryCloud;
  readonly #disks: MemoryDisks;

  constructor(vmId: string, cloud: MemoryCloud, disks: MemoryDisks) {
    this.#vmId = vmId;
    this.#cloud = cloud;
    this.#disks = disks;
  }

  /** Power is gone: so are the mounts. */
  crash(): void {
    for (const [target, { diskId }] of this.mounted) this.#disks.unmount(diskId, target);
    this.mounted.clear();
    this.binds.clear();
    this.#bound.clear();
    this.devices.clear();
    this.goesDown = false;
  }

  async identify(): Promise<NodeIdentity> {
    return await Promise.resolve({ hostname: this.#vmId, vmId: this.#vmId, initiatorName: this.#vmId });
  }

  async findDevice(disk: DiskAddress): Promise<string> {
    return await this.#call('findDevice', () => {
      if (this.#cloud.holderOf(disk.diskId) !== this.#vmId) throw failure('timeout', 'no such disk');
      this.devices.add(disk.diskId);
      return disk.diskId;
    });
  }

  async seeDevice(disk: DiskAddress): Promise<string | undefined> {
    const mine = this.#cloud.holderOf(disk.diskId) === this.#vmId;
    return await Promise.resolve(mine ? disk.diskId : undefined);
  }

  async flush(): Promise<void> {
    await this.#call('flush', () => undefined);
  }

  async releaseDevice(disk: DiskAddress): Promise<void> {
    await this.#call('releaseDevice', () => {
      const isMounted =
        [...this.mounted.values()].some(({ diskId }) => diskId === disk.diskId) ||
        [...this.#bound.values()].includes(disk.diskId);
      if (isMounted) throw failure('conflict', 'it is mounted');
      this.devices.delete(disk.diskId);
    });
  }

  async rescanSize(): Promise<number> {
    return await this.#call('rescanSize', () => 2 ** 31);
  }

  async inspect(device: string): Promise<DeviceContent> {
    return await this.#call('inspect', () => this.#disks.contents.get(device) ?? { kind: 'blank' });
  }

  async format(device: string, type: FilesystemType): Promise<void> {
    await this.#call('format', () => this.#disks.format(device, type));
  }

  async mount({ device, target, type }: MountRequest): Promise<void> {
    await this.#call('mount', () => {
      if (this.mounted.get(target)?.diskId === device) return;
      this.#disks.mount(device, target, this.#vmId);
      this.mounted.set(target, { diskId: device, type });
    });
  }

  async bind(source: string, target: string): Promise<void> {
    await this.#call('bind', () => {
      mkdirSync(target, { recursive: true });
      this.binds.set(target, source);
      this.#bound.set(target, this.#bound.get(source) ?? this.mounted.get(source)?.diskId ?? source);
    });
  }

  async unmount(target: string): Promise<void> {
    await this.#call('unmount', () => {
      if (this.busy.has(target)) throw failure('conflict', 'it is in use');
      this.#bound.delete(target);
      if (this.binds.delete(target)) rmSync(target, { recursive: true });
      const entry = this.mounted.get(target);
      if (entry === undefined) return;
      this.#disks.unmount(entry.diskId, target);
      this.mounted.delete(target);
    });
  }

  async mounts(): Promise<readonly MountEntry[]> {
    const entry = {
      device: '7:1',
      readOnly: false,
      root: '/',
      source: 'memory',
      propagation: 'private',
    } as const;
    const targets = [...[...this.mounted].map(([target, { type }]) => ({ target, type }))];
    const bound = [...this.binds.keys()].map((target) => ({ target, type: 'bind' }));
    return await Promise.resolve([...targets, ...bound].map((one) => ({ ...entry, ...one })));
  }

  async isMountedElsewhere(target: string): Promise<boolean | undefined> {
    return await Promise.resolve(this.elsewhere.has(target) ? this.elsewhere.get(target) : false);
  }

  async isGoingDown(): Promise<boolean> {
    return await Promise.resolve(this.goesDown);
  }

  async growFilesystem(): Promise<void> {
    await this.#call('growFilesystem', () => undefined);
  }

  async use(): Promise<FilesystemUse> {
    const use = { totalBytes: 1000, usedBytes: 1, availableBytes: 999, totalInodes: 10, usedInodes: 1 };
    return await Promise.resolve(use);
  }

  async #call<T>(name: string, work: () => T): Promise<T> {
    await this.around(name);
    const result = work();
    await this.around(`${name} after`);
    return result;
  }
}
