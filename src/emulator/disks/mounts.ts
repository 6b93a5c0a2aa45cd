import { Errno, root, type MemoryFileSystem } from '../filesystem/index.js';
import type { BlockDevice, BlockDevices } from './block-devices.js';

export interface Mount {
  /** A path in /dev, or a name such as `tmpfs`. */
  readonly source: string;
  readonly target: string;
  readonly type: string;
  readonly options: string;
}

/** A line of /etc/fstab. */
export type FstabRow = Mount;

/** What is mounted where. Virtual file systems are listed, not kept apart. */
export class Mounts {
  readonly #fs: MemoryFileSystem;
  readonly #devices: BlockDevices;

  readonly #table: Mount[];

  constructor(fs: MemoryFileSystem, devices: BlockDevices) {
    this.#fs = fs;
    this.#devices = devices;

    const rootDevice = devices.all.find(({ parent }) => parent !== undefined)?.name ?? 'sda1';
    this.#table = [
      { source: `/dev/${rootDevice}`, target: '/', type: 'ext4', options: 'rw,relatime' },
      { source: 'proc', target: '/proc', type: 'proc', options: 'rw,nosuid,nodev,noexec,relatime' },
      { source: 'udev', target: '/dev', type: 'devtmpfs', options: 'rw,nosuid' },
      { source: 'tmpfs', target: '/run', type: 'tmpfs', options: 'rw,nosuid,nodev' },
    ];
  }

  get table(): readonly Mount[] {
    return this.#table;
  }

  /** What a path is on: the mount with the longest fitting target. */
  holding(path: string): Mount | undefined {
    const fits = ({ target }: Mount) => target === '/' || path === target || path.startsWith(`${target}/`);
    return this.#table.filter(fits).sort((left, right) => right.target.length - left.target.length)[0];
  }

  /** Mounts a device's file system. Throws Errno: ENOENT for a device or directory that is not there. */
  mount(source: string, target: string, options: string): void {
    const device = this.#devices.at(this.deviceFor(source));
    if (device === undefined) throw new Errno('ENOENT');
    const { fileSystem } = device.content;
    if (fileSystem === undefined) throw new Errno('EINVAL');
    const real = this.#fs.locate(target, root).real;
    const directory = this.#fs.directory(target, root);
    if (this.#table.some((mount) => mount.target === real)) throw new Errno('EBUSY');
    this.#fs.mounts.set(directory, fileSystem.root);
    const shown = options === '' || options === 'defaults' ? 'rw,relatime' : `rw,relatime`;
    this.#table.push({ source: `/dev/${device.name}`, target: real, type: fileSystem.type, options: shown });
  }

  /** Throws Errno EINVAL when nothing is mounted there. */
  unmount(targetOrSource: string): void {
    const index = this.#table.findLastIndex(
      ({ source, target }) => target === targetOrSource || source === targetOrSource,
    );
    const mount = this.#table[index];
    if (mount === undefined || index < 4) throw new Errno('EINVAL');
    this.#table.splice(index, 1);
    const device = this.#devices.at(mount.source);
    for (const [directory, mounted] of this.#fs.mounts) {
      if (mounted === device?.content.fileSystem?.root) this.#fs.mounts.delete(directory);
    }
  }

  /** What is mounted of a device that has been taken away is not there any more: no write gets to it. */
  drop({ name, content }: BlockDevice): void {
    for (let index = this.#table.length - 1; index >= 0; index -= 1) {
      if (this.#table[index]?.source === `/dev/${name}`) this.#table.splice(index, 1);
    }
    for (const [directory, mounted] of this.#fs.mounts) {
      if (mounted === content.fileSystem?.root) this.#fs.mounts.delete(directory);
    }
  }

  /** Everything of /etc/fstab that is not mounted yet; gives what could not be mounted, with the reason. */
  mountAll(): { readonly row: FstabRow; readonly problem: string }[] {
    const failed: { row: FstabRow; problem: string }[] = [];
    for (const row of this.fstab()) {
      if (row.options.split(',').includes('noauto') || this.#isMounted(row.target)) continue;
      if (['swap', 'tmpfs', 'proc', 'none'].includes(row.type) || !row.target.startsWith('/')) continue;
      try {
        this.#fs.mkdirs(row.target);
        this.mount(row.source, row.target, row.options);
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        failed.push({ row, problem: error.message });
      }
    }
    return failed;
  }

  fstab(): FstabRow[] {
    if (this.#fs.find('/etc/fstab')?.kind !== 'file') return [];
    return this.#fs
      .readText('/etc/fstab')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter(([source = '']) => source !== '' && !source.startsWith('#'))
      .map(([source = '', target = '', type = 'auto', options = 'defaults']) => ({
        source,
        target,
        type,
        options,
      }));
  }

  /** `LABEL=x` and `UUID=x` as paths. */
  deviceFor(source: string): string {
    const [, kind, value = ''] = /^(LABEL|UUID)=["']?([^"']+)["']?$/.exec(source) ?? [];
    if (kind === undefined) return source.startsWith('/') ? source : `/dev/${source}`;
    return kind === 'LABEL' ? `/dev/disk/by-label/${value}` : `/dev/disk/by-uuid/${value}`;
  }

  #isMounted(target: string): boolean {
    return this.#table.some((mount) => mount.target === target);
  }
}

/** /proc/mounts. */
export function mountsText(mounts: readonly Mount[]): string {
  return mounts
    .map(({ source, target, type, options }) => `${source} ${target} ${type} ${options} 0 0\n`)
    .join('');
}
