import { randomUUID } from 'node:crypto';
import {
  DeviceNode,
  DirectoryNode,
  isErrno,
  NodeList,
  root,
  treesOf,
  type MemoryFileSystem,
} from '../filesystem/index.js';
import { scsiSerial, type GuestDisk } from '../../simulator/index.js';

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

/** The same once more: what is done to one of the two does not show in the other. */
export function copyOf({ fileSystem }: DiskContent): DiskContent {
  if (fileSystem === undefined) return { fileSystem };
  const list = new NodeList();
  const place = list.add(fileSystem.root);
  return { fileSystem: { ...fileSystem, root: treesOf(list.nodes)(place) } };
}

/** A disk or partition in /dev. */
export interface BlockDevice {
  /** `sdb`, `vda` … */
  readonly name: string;
  readonly node: DeviceNode;
  sizeBytes: number;
  readonly content: DiskContent;
  /** The disk that this is a partition of. */
  readonly parent: string | undefined;
  /** As the disk itself tells it; empty for a partition. */
  readonly serial: string;
}

/** First letters of the kernel's names by adapter; all but virtio and NVMe are SCSI disks to Linux. */
const PREFIXES: Readonly<Record<string, string>> = { PCI: 'vd' };
const FALLBACK_SYSTEM_DISK: GuestDisk = {
  uuid: 'system',
  sizeBytes: 20 * 2 ** 30,
  adapter: 'SCSI',
  index: 0,
};

/** The guest's disks of one boot, with udev's links in /dev/disk. Those of volume groups come and go. */
export class BlockDevices {
  readonly #fs: MemoryFileSystem;
  readonly #contents: Map<string, DiskContent>;
  /** Those of volume groups, by the disks' UUIDs. */
  readonly #volumes = new Map<string, BlockDevice>();
  #all: BlockDevice[] = [];

  constructor(fs: MemoryFileSystem, disks: readonly GuestDisk[], contents: Map<string, DiskContent>) {
    this.#fs = fs;
    this.#contents = contents;

    const [system = FALLBACK_SYSTEM_DISK, ...others] = disks;
    for (const directory of ['by-path', 'by-label', 'by-uuid', 'by-id'])
      this.#fs.mkdirs(`/dev/disk/${directory}`);
    // The system disk holds a partition, and so no file system of its own.
    const whole = this.#plug(system, { fileSystem: undefined });
    for (const disk of others) this.#plug(disk);
    const partition = rootPartition(whole.name, system, fs, contents);
    this.#all.push(partition);
    this.#makeNode(partition);
  }

  get all(): readonly BlockDevice[] {
    return this.#all;
  }

  /** Takes over what has become of volume groups' disks; gives those that are gone. */
  change(disks: readonly GuestDisk[]): readonly BlockDevice[] {
    const wanted = disks.filter(({ volumeGroupUuid }) => volumeGroupUuid !== undefined);
    const gone = [...this.#volumes].filter(([uuid]) => !wanted.some((disk) => disk.uuid === uuid));
    for (const [uuid, device] of gone) {
      this.#volumes.delete(uuid);
      this.#unplug(device);
    }
    for (const disk of wanted) {
      const known = this.#volumes.get(disk.uuid);
      if (known === undefined) this.#plug(disk);
      else known.sizeBytes = disk.sizeBytes;
    }
    return gone.map(([, device]) => device);
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

  #plug(disk: GuestDisk, content = contentOf(disk.uuid, this.#contents)): BlockDevice {
    const { adapter, sizeBytes, index, lun = 0, volumeGroupUuid } = disk;
    const device = {
      name: this.#freeName(adapter),
      node: blockNode(),
      sizeBytes,
      content,
      parent: undefined,
      serial: scsiSerial(disk),
    };
    this.#all.push(device);
    if (volumeGroupUuid !== undefined) this.#volumes.set(disk.uuid, device);
    this.#makeNode(device);
    if (adapter === 'SCSI') {
      const links = [
        `by-path/pci-0000:00:03.0-scsi-0:0:${index}:${lun}`,
        `by-id/scsi-1NUTANIX_${scsiSerial(disk)}`,
      ];
      for (const link of links) this.#symlink(`../../${device.name}`, `/dev/disk/${link}`);
    }
    return device;
  }

  #freeName(adapter: string): string {
    const prefix = PREFIXES[adapter] ?? 'sd';
    const taken = new Set(this.#all.map(({ name }) => name));
    let position = 0;
    while (taken.has(prefix + letters(position))) position += 1;
    return prefix + letters(position);
  }

  #makeNode(device: BlockDevice): void {
    this.#fs.link(device.node, `/dev/${device.name}`, root);
    this.#link(device);
  }

  #unplug(device: BlockDevice): void {
    this.#all = this.#all.filter((other) => other !== device);
    for (const folder of ['by-path', 'by-label', 'by-uuid', 'by-id']) {
      for (const [name, node] of this.#fs.directory(`/dev/disk/${folder}`, root).entries) {
        const isLink = node.kind === 'symlink' && node.target === `../../${device.name}`;
        if (isLink) this.#fs.remove(`/dev/disk/${folder}/${name}`);
      }
    }
    this.#fs.remove(`/dev/${device.name}`);
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
  return { name: `${disk}1`, node: blockNode(), sizeBytes, content, parent: disk, serial: '' };
}

function blockNode(): DeviceNode {
  return new DeviceNode('block', 0, 6, 0o660);
}

/** 0 = a, 25 = z, 26 = aa. */
function letters(index: number): string {
  const last = String.fromCharCode(97 + (index % 26));
  return index < 26 ? last : letters(Math.floor(index / 26) - 1) + last;
}
