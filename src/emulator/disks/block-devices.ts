import { randomUUID } from 'node:crypto';
import { DeviceNode, DirectoryNode, isErrno, root, type MemoryFileSystem } from '../filesystem/index.js';
import type { GuestDisk } from '../../simulator/index.js';

export interface FileSystemOnDisk {
  /** `ext4`, `xfs` … */
  readonly type: string;
  readonly label: string;
  readonly uuid: string;
  readonly root: DirectoryNode;
}

/** What is on a virtual disk; it goes with the disk's UUID, whatever place the disk has. */
export interface DiskContent {
  fileSystem: FileSystemOnDisk | undefined;
}

/** A disk or partition in /dev. */
export interface BlockDevice {
  /** `sdb`, `vda` … */
  readonly name: string;
  readonly node: DeviceNode;
  readonly sizeBytes: number;
  readonly content: DiskContent;
  /** The disk that this is a partition of. */
  readonly parent: string | undefined;
}

/** First letters of the kernel's names by adapter; all but virtio and NVMe are SCSI disks to Linux. */
const PREFIXES: Readonly<Record<string, string>> = { PCI: 'vd' };
const FALLBACK_SYSTEM_DISK: GuestDisk = {
  uuid: 'system',
  sizeBytes: 20 * 2 ** 30,
  adapter: 'SCSI',
  index: 0,
};

/** The guest's disks of one boot, with udev's links in /dev/disk. */
export class BlockDevices {
  readonly #fs: MemoryFileSystem;

  readonly all: readonly BlockDevice[];

  constructor(fs: MemoryFileSystem, disks: readonly GuestDisk[], contents: Map<string, DiskContent>) {
    this.#fs = fs;

    const [system = FALLBACK_SYSTEM_DISK, ...others] = disks;
    const counts = new Map<string, number>();
    const nameFor = ({ adapter }: GuestDisk) => {
      const prefix = PREFIXES[adapter] ?? 'sd';
      const count = counts.get(prefix) ?? 0;
      counts.set(prefix, count + 1);
      return `${prefix}${letters(count)}`;
    };
    const named = [system, ...others].map((disk) => ({ disk, name: nameFor(disk) }));
    const whole = named.map(({ disk, name }, index): BlockDevice => {
      // The system disk holds a partition, and so no file system of its own.
      const content = index === 0 ? { fileSystem: undefined } : contentOf(disk.uuid, contents);
      return { name, node: blockNode(), sizeBytes: disk.sizeBytes, content, parent: undefined };
    });
    const systemName = named[0]?.name ?? 'sda';
    this.all = [...whole, rootPartition(systemName, system, fs, contents)];
    this.#makeNodes(named);
  }

  /** The device at a path, links followed; undefined when the path is no block device. */
  at(path: string): BlockDevice | undefined {
    const node = this.#fs.find(path);
    return this.all.find((device) => device.node === node);
  }

  /** Puts a new file system on a device; what was on it is gone. Those of the ext family have lost+found. */
  format(device: BlockDevice, type: string, label: string): void {
    const fileSystem = { type, label, uuid: randomUUID(), root: new DirectoryNode(0, 0, 0o755) };
    if (/^ext[234]$/.test(type)) fileSystem.root.entries.set('lost+found', new DirectoryNode(0, 0, 0o700));
    device.content.fileSystem = fileSystem;
    this.#link(device);
  }

  #makeNodes(named: readonly { readonly disk: GuestDisk; readonly name: string }[]): void {
    for (const directory of ['by-path', 'by-label', 'by-uuid', 'by-id'])
      this.#fs.mkdirs(`/dev/disk/${directory}`);
    for (const device of this.all) {
      this.#fs.link(device.node, `/dev/${device.name}`, root);
      this.#link(device);
    }
    for (const { disk, name } of named) {
      const path = `/dev/disk/by-path/pci-0000:00:03.0-scsi-0:0:${disk.index}:${disk.lun ?? 0}`;
      if (disk.adapter === 'SCSI') this.#symlink(`../../${name}`, path);
    }
  }

  #link({ name, content }: BlockDevice): void {
    const { fileSystem } = content;
    if (fileSystem === undefined) return;
    this.#symlink(`../../${name}`, `/dev/disk/by-uuid/${fileSystem.uuid}`);
    if (fileSystem.label !== '') this.#symlink(`../../${name}`, `/dev/disk/by-label/${fileSystem.label}`);
  }

  #symlink(target: string, path: string): void {
    try {
      this.#fs.symlink(target, path);
    } catch (error) {
      // The same link a second time, or a label that is no file name: udev leaves it, too.
      if (!isErrno(error)) throw error;
    }
  }
}

function contentOf(uuid: string, contents: Map<string, DiskContent>): DiskContent {
  const known = contents.get(uuid);
  if (known !== undefined) return known;
  const blank: DiskContent = { fileSystem: undefined };
  contents.set(uuid, blank);
  return blank;
}

/** The partition that the guest runs from. */
function rootPartition(
  disk: string,
  { sizeBytes }: GuestDisk,
  fs: MemoryFileSystem,
  contents: Map<string, DiskContent>,
): BlockDevice {
  const content = contentOf('root', contents);
  content.fileSystem ??= { type: 'ext4', label: 'cloudimg-rootfs', uuid: randomUUID(), root: fs.root };
  return { name: `${disk}1`, node: blockNode(), sizeBytes, content, parent: disk };
}

function blockNode(): DeviceNode {
  return new DeviceNode('block', 0, 6, 0o660);
}

/** 0 = a, 25 = z, 26 = aa. */
function letters(index: number): string {
  const last = String.fromCharCode(97 + (index % 26));
  return index < 26 ? last : letters(Math.floor(index / 26) - 1) + last;
}
