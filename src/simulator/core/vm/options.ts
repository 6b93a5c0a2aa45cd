import type { Asked, LooseReference } from '../store/entity.js';
import type { VmConfig, VmDisk, VmNic } from '../store/vm-record.js';

/** What a client asks a VM to be, in no API's words. */
export interface VmOptions
  extends
    Asked<Omit<VmConfig, 'disks' | 'nics' | 'gpus' | 'setup' | 'extras'>>,
    Readonly<Pick<VmConfig, 'gpus' | 'setup' | 'extras'>> {
  /** A disk or NIC that an update leaves out is removed. */
  readonly disks: readonly DiskOptions[];
  readonly nics: readonly NicOptions[];
}

/** The `uuid` is that of a disk that is there already; a `volumeGroupUuid` attaches that group instead of an own disk. */
export interface DiskOptions
  extends Asked<Omit<VmDisk, 'index' | 'source' | 'extras'>>, Readonly<Pick<VmDisk, 'extras'>> {
  /** Absent where the place is the server's to choose; then `adapter` may still name the bus. */
  readonly address?: DiskPlace | undefined;
  /** The medium is taken out of a drive. */
  readonly ejected?: boolean | undefined;
  readonly source?: LooseReference | undefined;
}

export type DiskPlace = Readonly<Pick<VmDisk, 'adapter' | 'index'>>;

/** The `uuid` is that of a NIC that is there already. */
export interface NicOptions
  extends Asked<Omit<VmNic, 'subnet' | 'trunkedVlans' | 'extras'>>, Readonly<Pick<VmNic, 'extras'>> {
  /** false: no address is handed out, also where the subnet has some; a NIC without one gets one only when true. */
  readonly assign?: boolean | undefined;
  readonly subnetUuid?: string | undefined;
  readonly trunkedVlans?: readonly number[] | undefined;
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
