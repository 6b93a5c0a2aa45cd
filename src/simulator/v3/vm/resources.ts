import type { InputReference } from '../schema/entity-bodies.js';
import type {
  DiskAddress,
  DiskInput,
  GpuInput,
  IpEndpoint,
  PowerMechanism,
  VmResourcesInput,
} from './bodies.js';
import type { Reference } from '../../core/store/records.js';

/** A disk after the server has filled in what the request left out. */
export interface VmDisk {
  readonly uuid: string;
  readonly device_properties: { readonly disk_address: DiskAddress; readonly device_type: string };
  readonly disk_size_mib?: number;
  readonly disk_size_bytes?: number;
  readonly data_source_reference?: InputReference;
  readonly storage_config?: NonNullable<DiskInput['storage_config']>;
  readonly [field: string]: unknown;
}

/** A NIC after the server has filled in what the request left out. */
export interface VmNic {
  readonly uuid: string;
  readonly mac_address: string;
  readonly is_connected: boolean;
  /** ASSIGNED entries only. */
  readonly ip_endpoint_list: readonly IpEndpoint[];
  readonly subnet_reference: Reference;
  readonly [field: string]: unknown;
}

/** spec.resources of a VM as GET shows it. */
export interface VmResources {
  readonly num_sockets: number;
  readonly num_vcpus_per_socket: number;
  readonly num_threads_per_core: number;
  readonly memory_size_mib: number;
  readonly power_state: 'ON' | 'OFF';
  readonly power_state_mechanism: PowerMechanism;
  readonly machine_type: string;
  readonly disk_list: readonly VmDisk[];
  readonly nic_list: readonly VmNic[];
  readonly gpu_list: readonly GpuInput[];
  readonly guest_customization?: NonNullable<VmResourcesInput['guest_customization']>;
  readonly [field: string]: unknown;
}
