import type { InputReference, IntentInput, StrictReference } from '../schema/entity-bodies.js';

export interface DiskAddress {
  readonly adapter_type: string;
  readonly device_index: number;
}

export interface DiskInput {
  readonly uuid?: string;
  readonly device_properties?: { readonly device_type?: string; readonly disk_address?: DiskAddress };
  readonly disk_size_mib?: number;
  readonly disk_size_bytes?: number;
  readonly data_source_reference?: InputReference;
  readonly storage_config?: {
    readonly flash_mode?: string;
    readonly storage_container_reference?: InputReference;
  };
  readonly volume_group_reference?: InputReference;
  readonly [field: string]: unknown;
}

export interface IpEndpoint {
  readonly ip?: string;
  readonly type?: string;
  readonly [field: string]: unknown;
}

export interface NicInput {
  readonly uuid?: string;
  readonly nic_type?: string;
  readonly vlan_mode?: string;
  readonly trunked_vlan_list?: readonly number[];
  readonly num_queues?: number;
  readonly mac_address?: string;
  readonly is_connected?: boolean;
  readonly ip_endpoint_list?: readonly IpEndpoint[];
  readonly subnet_reference?: StrictReference;
  readonly [field: string]: unknown;
}

export interface GpuInput {
  readonly vendor?: string;
  readonly mode?: string;
  readonly device_id?: number;
}

export interface PowerMechanism {
  readonly mechanism?: string;
  readonly guest_transition_config?: Readonly<Record<string, unknown>>;
}

export interface CloudInit {
  readonly user_data?: string;
  readonly meta_data?: string;
}

export interface VmResourcesInput {
  readonly power_state?: 'ON' | 'OFF';
  readonly power_state_mechanism?: PowerMechanism;
  readonly num_sockets?: number;
  readonly num_vcpus_per_socket?: number;
  readonly num_threads_per_core?: number;
  readonly memory_size_mib?: number;
  readonly machine_type?: string;
  readonly boot_config?: { readonly boot_type?: string; readonly [field: string]: unknown };
  readonly disk_list?: readonly DiskInput[];
  readonly nic_list?: readonly NicInput[];
  readonly gpu_list?: readonly GpuInput[];
  readonly guest_customization?: { readonly cloud_init?: CloudInit; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

export type VmIntentInput = IntentInput<VmResourcesInput>;

export interface VmCloneInput {
  readonly override_spec?: {
    readonly name?: string;
    readonly num_sockets?: number;
    readonly num_vcpus_per_socket?: number;
    readonly num_threads_per_core?: number;
    readonly memory_size_mib?: number;
    readonly nic_list?: readonly NicInput[];
    readonly boot_config?: NonNullable<VmResourcesInput['boot_config']>;
    readonly guest_customization?: NonNullable<VmResourcesInput['guest_customization']>;
  };
  readonly metadata?: { readonly uuid?: string };
}

/** Optional body of the power actions; `task_uuid` is the client's choice, for idempotency. */
export interface PowerActionInput {
  readonly task_uuid?: string;
}
