/**
 * Request bodies as TypeScript sees them after schema/prism-v3.json has accepted them. Only fields that the
 * simulator looks at are named; all others are kept and given back.
 */
export interface InputReference {
  readonly kind?: string | undefined;
  readonly uuid?: string | undefined;
  readonly name?: string | undefined;
  readonly [field: string]: unknown;
}

/** A reference whose schema demands kind and uuid. */
export interface StrictReference {
  readonly kind: string;
  readonly uuid: string;
  readonly name?: string | undefined;
  readonly [field: string]: unknown;
}

export interface InputMetadata {
  readonly kind: string;
  readonly uuid?: string;
  readonly spec_version?: number;
  readonly entity_version?: string;
  readonly project_reference?: StrictReference;
  readonly owner_reference?: StrictReference;
  readonly categories?: Readonly<Record<string, string>>;
  readonly categories_mapping?: Readonly<Record<string, readonly string[]>>;
  readonly use_categories_mapping?: boolean;
}

/** `metadata` and `spec` of a create or an update. */
export interface IntentInput<Resources> {
  readonly metadata: InputMetadata;
  readonly spec: {
    readonly name: string;
    readonly description?: string;
    readonly cluster_reference?: StrictReference;
    readonly resources: Resources;
  };
}

export interface IpPool {
  /** Two addresses with one space between them. */
  readonly range?: string;
  readonly [field: string]: unknown;
}

export interface SubnetSpec {
  readonly subnet_type: 'VLAN' | 'OVERLAY';
  readonly vlan_id?: number;
  readonly is_external?: boolean;
  readonly enable_nat?: boolean;
  readonly vpc_reference?: InputReference;
  readonly virtual_network_reference?: InputReference;
  readonly ip_config?: {
    readonly subnet_ip?: string;
    readonly prefix_length?: number;
    readonly default_gateway_ip?: string;
    readonly pool_list?: readonly IpPool[];
    readonly dhcp_server_address?: { readonly ip?: string; readonly [field: string]: unknown };
    readonly dhcp_options?: {
      readonly domain_name_server_list?: readonly string[];
      readonly [field: string]: unknown;
    };
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

export interface ImageSpec {
  readonly image_type?: 'DISK_IMAGE' | 'ISO_IMAGE';
  readonly source_uri?: string;
  readonly architecture?: string;
  readonly checksum?: { readonly checksum_algorithm?: string; readonly checksum_value?: string };
  readonly data_source_reference?: InputReference;
  readonly initial_placement_ref_list?: readonly StrictReference[];
  readonly [field: string]: unknown;
}

export interface ProjectSpec {
  readonly cluster_reference_list?: readonly StrictReference[];
  readonly subnet_reference_list?: readonly StrictReference[];
  readonly [field: string]: unknown;
}

/** A project together with who may do what in it. */
export interface ProjectInternalInput {
  readonly metadata: InputMetadata;
  readonly spec: {
    readonly project_detail: {
      readonly name: string;
      readonly description?: string;
      readonly resources: ProjectSpec;
    };
    readonly access_control_policy_list?: readonly unknown[];
    readonly user_list?: readonly unknown[];
    readonly user_group_list?: readonly unknown[];
  };
}
