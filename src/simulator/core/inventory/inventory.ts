import type {
  ClusterRecord,
  ContainerRecord,
  GpuRecord,
  HostRecord,
  ImageRecord,
  ProjectRecord,
} from '../store/records.js';

/** What a simulated Prism Central has from the start. Memory in MiB, sizes in bytes. */
export interface Inventory {
  readonly clusters: readonly InventoryCluster[];
  readonly hosts: readonly InventoryHost[];
  readonly subnets: readonly InventorySubnet[];
  readonly images: readonly InventoryImage[];
  readonly containers: readonly InventoryContainer[];
  readonly projects: readonly InventoryProject[];
  /** Key to values. */
  readonly categories: Readonly<Record<string, readonly string[]>>;
}

/** Exactly one is PRISM_CENTRAL. */
export type InventoryCluster = Readonly<
  Pick<ClusterRecord, 'uuid' | 'name' | 'service' | 'version' | 'externalAddress' | 'dataServicesAddress'>
>;

export type InventoryGpu = Readonly<Pick<GpuRecord, 'name' | 'vendor' | 'mode' | 'deviceId'>>;

export type InventoryHost = Readonly<
  Pick<HostRecord, 'uuid' | 'name' | 'clusterUuid' | 'address' | 'sockets' | 'cores' | 'memoryMiB'>
> & { readonly gpus: readonly InventoryGpu[] };

export interface InventorySubnet {
  readonly uuid: string;
  readonly name: string;
  readonly type: 'VLAN' | 'OVERLAY';
  /** A VLAN's cluster; overlays have none. */
  readonly clusterUuid?: string | undefined;
  readonly vlanId?: number | undefined;
  /** An overlay's VPC. */
  readonly vpcUuid?: string | undefined;
  /** Of a VLAN that leads out of VPCs. */
  readonly external?: { readonly nat: boolean } | undefined;
  /** Present = Prism hands out addresses. */
  readonly managed?:
    | {
        readonly network: string;
        readonly prefixLength: number;
        readonly gateway: string;
        /** The last address of the network when absent. */
        readonly dhcpServer?: string | undefined;
        /** The gateway when absent. */
        readonly nameServers?: readonly string[] | undefined;
        /** First and last address. */
        readonly pools: readonly (readonly [string, string])[];
      }
    | undefined;
}

export type InventoryImage = Readonly<Pick<ImageRecord, 'uuid' | 'name' | 'type'>> & {
  readonly sizeBytes: number;
  readonly clusterUuids: readonly string[];
};

export type InventoryContainer = Readonly<
  Pick<ContainerRecord, 'uuid' | 'name' | 'clusterUuid' | 'capacityBytes'>
>;

export type InventoryProject = Readonly<Pick<ProjectRecord, 'uuid' | 'name' | 'isDefault'>>;
