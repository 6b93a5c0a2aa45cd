import type { GuestDisk, GuestSpec } from '../guest-backend.js';

/** Where the guest reads its hardware; see the image's first process. */
export const HARDWARE_PATH = 'var/lib/prism-guest/hardware';
/** Mount point, in the guest, of the volume with the files of its disks. */
export const DISKS_PATH = '/var/lib/prism-guest/disks';

/** The network of each NIC, in the order of the specification. */
export interface ConnectedNic {
  readonly macAddress: string;
  /** CIDR of the Docker network. */
  readonly subnet: string;
}

/** The description that the guest's first process turns into devices. */
export function describeHardware(spec: GuestSpec, nics: readonly ConnectedNic[], isolated: boolean): string {
  const names = nameDisks(spec.disks);
  const lines = [
    `network ${isolated ? 'isolated' : 'routed'}`,
    ...nics.map((nic) => `nic ${nic.macAddress} ${nic.subnet}`),
    ...names.map(({ disk, name, links }) => ['disk', name, disk.sizeBytes, disk.uuid, ...links].join(' ')),
  ];
  return `${lines.join('\n')}\n`;
}

export interface NamedDisk {
  readonly disk: GuestDisk;
  /** Below /dev. */
  readonly name: string;
  /** Below /dev/disk. */
  readonly links: readonly string[];
}

/**
 * Names as the Linux kernel gives them in a VM: virtio block devices are vda, vdb, …; every other adapter is a
 * SCSI host to the kernel, which numbers their disks together, the virtio-scsi controller's first, then SATA
 * and IDE, each by its index. Order of the result = order of the disks.
 */
export function nameDisks(disks: readonly GuestDisk[]): NamedDisk[] {
  const named = new Map<GuestDisk, string>();
  const prefixOf = (disk: GuestDisk): string => (adapterOf(disk) === 'PCI' ? 'vd' : 'sd');
  for (const prefix of ['vd', 'sd']) {
    disks
      .filter((disk) => prefixOf(disk) === prefix)
      .sort((a, b) => rankOf(a) - rankOf(b) || a.index - b.index)
      .forEach((disk, position) => named.set(disk, prefix + letters(position)));
  }
  return disks.map((disk) => ({ disk, name: named.get(disk) ?? '', links: linksOf(disk) }));
}

function linksOf(disk: GuestDisk): string[] {
  const byPath =
    adapterOf(disk) === 'SCSI' ? [`by-path/pci-0000:00:05.0-scsi-0:0:${disk.index}:${disk.lun ?? 0}`] : [];
  return [`by-id/${adapterOf(disk).toLowerCase()}-${disk.uuid}`, ...byPath];
}

function adapterOf({ adapter }: GuestDisk): string {
  return adapter.toUpperCase();
}

/** In which order the kernel finds the controllers. */
function rankOf(disk: GuestDisk): number {
  const order = ['SCSI', 'SATA', 'IDE'];
  const rank = order.indexOf(adapterOf(disk));
  return rank === -1 ? order.length : rank;
}

/** 0 = a, 25 = z, 26 = aa, as the kernel counts disks. */
function letters(position: number): string {
  const rest = Math.floor(position / 26);
  return (rest === 0 ? '' : letters(rest - 1)) + String.fromCharCode(97 + (position % 26));
}
