import type { LooseReference } from '../../core/store/entity.js';
import type { StrictReference } from '../schema/entity-bodies.js';
import type { DiskAddress, GpuInput, IpEndpoint, PowerMechanism, VmResourcesInput } from './bodies.js';

/** A disk as GET shows it. */
export interface DiskView {
  readonly uuid: string;
  readonly device_properties: { readonly disk_address: DiskAddress; readonly device_type: string };
  readonly disk_size_mib?: number;
  readonly disk_size_bytes?: number;
  readonly data_source_reference?: LooseReference;
  readonly storage_config?: {
    readonly flash_mode?: string;
    readonly storage_container_reference?: LooseReference;
  };
  readonly volume_group_reference?: LooseReference;
  readonly [field: string]: unknown;
}

/** A NIC as GET shows it in spec: ASSIGNED addresses only. */
export interface NicView {
  readonly uuid: string;
  readonly mac_address: string;
  readonly is_connected: boolean;
  readonly ip_endpoint_list: readonly IpEndpoint[];
  readonly subnet_reference: StrictReference;
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
  readonly disk_list: readonly DiskView[];
  readonly nic_list: readonly NicView[];
  readonly gpu_list: readonly GpuInput[];
  readonly guest_customization?: NonNullable<VmResourcesInput['guest_customization']>;
  readonly [field: string]: unknown;
}
