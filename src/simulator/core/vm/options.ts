import type { Extras, LooseReference } from '../store/entity.js';
import type { VmConfig, VmCustomization, VmDisk, VmNic, VmSetup, WantedGpu } from '../store/vm-record.js';

/** What a client asks for, in no API's words; what is absent is the server's to choose. */
export interface VmOptions {
  readonly sockets?: number | undefined;
  readonly coresPerSocket?: number | undefined;
  readonly threadsPerCore?: number | undefined;
  readonly memoryMiB?: number | undefined;
  readonly machineType?: string | undefined;
  readonly power?: VmConfig['power'] | undefined;
  readonly shutdown?: VmConfig['shutdown'] | undefined;
  /** A disk or NIC that an update leaves out is removed. */
  readonly disks: readonly DiskOptions[];
  readonly nics: readonly NicOptions[];
  readonly gpus: readonly WantedGpu[];
  readonly customization?: VmCustomization | undefined;
  readonly setup: VmSetup;
  readonly extras: Extras;
}

export interface DiskOptions {
  /** Of a disk that is there already. */
  readonly uuid?: string | undefined;
  readonly type?: string | undefined;
  readonly address?: DiskPlace | undefined;
  /** Where the place is the server's to choose, but not the bus. */
  readonly adapter?: string | undefined;
  /** The medium is taken out of a drive. */
  readonly ejected?: boolean | undefined;
  readonly sizeBytes?: number | undefined;
  readonly source?: LooseReference | undefined;
  readonly storage?: VmDisk['storage'];
  /** A volume group to attach here, instead of a disk of the VM's own. */
  readonly volumeGroupUuid?: string | undefined;
  readonly extras: Extras;
}

export interface DiskPlace {
  readonly adapter: string;
  readonly index: number;
}

export interface NicOptions {
  /** Of a NIC that is there already. */
  readonly uuid?: string | undefined;
  readonly macAddress?: string | undefined;
  readonly connected?: boolean | undefined;
  readonly address?: string | undefined;
  /** false: no address is handed out, also where the subnet has some; a NIC without one gets one only when true. */
  readonly assign?: boolean | undefined;
  readonly subnetUuid?: string | undefined;
  readonly type?: string | undefined;
  readonly vlanMode?: string | undefined;
  readonly trunkedVlans?: readonly number[] | undefined;
  readonly queues?: number | undefined;
  readonly extras: Extras;
}

/** What a client would ask for to have a VM as it is. */
export function optionsOf(config: VmConfig): VmOptions {
  return { ...config, disks: config.disks.map(optionsOfDisk), nics: config.nics.map(optionsOfNic) };
}

function optionsOfDisk({ adapter, index, ...disk }: VmDisk): DiskOptions {
  return { ...disk, address: { adapter, index } };
}

function optionsOfNic({ subnet, ...nic }: VmNic): NicOptions {
  return { ...nic, subnetUuid: subnet.uuid };
}
