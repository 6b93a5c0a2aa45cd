import type { GuestDisk } from '../guest-backend.js';
import { scsiSerial } from '../scsi-serial.js';

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

/** A disk of a volume group that is attached. */
export interface PluggedDisk {
  readonly named: NamedDisk;
  /** Number of the loop device that it is. */
  readonly device: number;
}

export interface HardwareParts {
  readonly vmUuid: string;
  /** The VM's own disks, system disk first. */
  readonly disks: readonly NamedDisk[];
  readonly volumes: readonly PluggedDisk[];
  readonly nics: readonly ConnectedNic[];
  readonly isolated: boolean;
}

/** The description that the guest's first process turns into devices. */
export function describeHardware({ vmUuid, disks, volumes, nics, isolated }: HardwareParts): string {
  const lines = [
    `vm ${vmUuid}`,
    `network ${isolated ? 'isolated' : 'routed'}`,
    ...nics.map((nic) => `nic ${nic.macAddress} ${nic.subnet}`),
    ...disks.map(({ disk, ...named }) =>
      ['disk', named.name, disk.sizeBytes, ...identityOf(disk, named)].join(' '),
    ),
    ...volumes.map(({ named: { disk, ...named }, device }) =>
      ['volume', named.name, device, ...identityOf(disk, named)].join(' '),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

/** How a guest recognises a disk. SCSI: `host:channel:target:LUN`, and the serial number that AHV gives. */
function identityOf(disk: GuestDisk, { links }: Pick<NamedDisk, 'links'>): readonly string[] {
  const isScsi = adapterOf(disk) === 'SCSI';
  const place = isScsi ? `2:0:${disk.index}:${lunOf(disk)}` : '-';
  return [disk.uuid, place, isScsi ? scsiSerial(disk) : '-', ...links];
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
      .sort((a, b) => rankOf(a) - rankOf(b) || a.index - b.index || lunOf(a) - lunOf(b))
      .forEach((disk, position) => named.set(disk, prefix + letters(position)));
  }
  return disks.map((disk) => ({ disk, name: named.get(disk) ?? '', links: linksOf(disk) }));
}

/** A disk that is plugged in while the guest runs gets the first name that none of the others has. */
export function nameNewDisk(disk: GuestDisk, taken: ReadonlySet<string>): NamedDisk {
  const prefix = adapterOf(disk) === 'PCI' ? 'vd' : 'sd';
  let position = 0;
  while (taken.has(prefix + letters(position))) position += 1;
  return { disk, name: prefix + letters(position), links: linksOf(disk) };
}

function linksOf(disk: GuestDisk): string[] {
  const adapter = adapterOf(disk);
  const own = disk.volumeGroupUuid === undefined ? [`by-id/${adapter.toLowerCase()}-${disk.uuid}`] : [];
  if (adapter !== 'SCSI') return own;
  const byPath = `by-path/pci-0000:00:05.0-scsi-0:0:${disk.index}:${lunOf(disk)}`;
  return [...own, `by-id/scsi-1NUTANIX_${scsiSerial(disk)}`, byPath];
}

function lunOf({ lun = 0 }: GuestDisk): number {
  return lun;
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
