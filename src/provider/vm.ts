import type { Placement } from './placement.js';

/** A VM's id, given by the cloud. */
export type VmId = string;

/**
 * Fixed before anything exists, so that whatever a create may leave behind can be found again. Opaque: only
 * the provider that issued it knows what is in it; it says which API issued it, so that a host stays removable when
 * another one is spoken by then. Safe to store; not a secret.
 */
export type CreationToken = string;

/** What is known of a VM that has to be found: the more fields, the surer the match. */
export interface VmIdentity {
  readonly name: string;
  readonly creationToken?: CreationToken | undefined;
  readonly vmId?: VmId | undefined;
}

export type BootType = 'legacy' | 'uefi' | 'secure';
export type DiskBus = 'scsi' | 'sata' | 'pci' | 'ide';

/** A VM to be made. Sizes: memory in MiB, disks in GiB (2^30 bytes). */
export interface VmSpec {
  readonly name: string;
  /** At most 1,000 characters; the provider adds its ownership tag. */
  readonly description: string;
  readonly placement: Placement;
  readonly sockets: number;
  readonly coresPerSocket: number;
  readonly cpuPassthrough: boolean;
  readonly memoryMiB: number;
  /** undefined = the image's own size. */
  readonly systemDiskGiB?: number | undefined;
  /** In the order of placement.storageContainers. */
  readonly disks: readonly { readonly sizeGiB: number; readonly bus: DiskBus }[];
  /** One per subnet of the placement; undefined = the network decides. */
  readonly staticAddresses: readonly (string | undefined)[];
  readonly bootType: BootType;
  /** undefined = the cloud's default, or what the boot type needs. */
  readonly machineType?: 'pc' | 'q35' | undefined;
  readonly vtpm: boolean;
  readonly serialPort: boolean;
  /** cloud-init user-data as text (not base64). */
  readonly userData: string;
  /** cloud-init meta-data: host name of the guest. */
  readonly hostname: string;
}

/** A VM as it is. */
export interface Vm {
  readonly id: VmId;
  readonly name: string;
  readonly lifecycle: 'creating' | 'ready' | 'deleting';
  readonly power: 'on' | 'off' | 'paused' | 'unknown';
  readonly nics: readonly Nic[];
  readonly size: VmSize;
  /** What the cloud says went wrong with the last change, if anything; does not mean that the VM is unwell. */
  readonly lastProblem?: string | undefined;
}

/** How large a VM is; undefined = not known, or not asked for. */
export interface VmSize {
  readonly sockets: number | undefined;
  readonly coresPerSocket: number | undefined;
  readonly memoryMiB: number | undefined;
  /** Without CD-ROMs; those on one bus in their order there. The system disk is the first on scsi. */
  readonly disks: readonly VmDisk[];
}

export interface VmDisk {
  readonly bus: DiskBus;
  readonly sizeGiB: number | undefined;
}

export interface Nic {
  readonly subnet: string;
  readonly macAddress?: string | undefined;
  readonly addresses: readonly NicAddress[];
}

export interface NicAddress {
  readonly ip: string;
  /** assigned: reserved by the cloud, perhaps not yet used; learned: seen on the wire, so a guest uses it. */
  readonly source: 'assigned' | 'learned';
}
