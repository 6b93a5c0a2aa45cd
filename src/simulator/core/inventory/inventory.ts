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

export interface InventoryCluster {
  readonly uuid: string;
  readonly name: string;
  /** Exactly one is PRISM_CENTRAL. */
  readonly service: 'AOS' | 'PRISM_CENTRAL';
  readonly version: string;
  readonly externalAddress: string;
  readonly dataServicesAddress?: string | undefined;
}

export interface InventoryGpu {
  readonly name: string;
  readonly vendor: 'NVIDIA' | 'INTEL' | 'AMD';
  readonly mode: 'PASSTHROUGH_GRAPHICS' | 'PASSTHROUGH_COMPUTE' | 'VIRTUAL';
  readonly deviceId: number;
}

export interface InventoryHost {
  readonly uuid: string;
  readonly name: string;
  readonly clusterUuid: string;
  readonly address: string;
  readonly sockets: number;
  readonly cores: number;
  readonly memoryMiB: number;
  readonly gpus: readonly InventoryGpu[];
}

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

export interface InventoryImage {
  readonly uuid: string;
  readonly name: string;
  readonly type: 'DISK_IMAGE' | 'ISO_IMAGE';
  readonly sizeBytes: number;
  readonly clusterUuids: readonly string[];
}

export interface InventoryContainer {
  readonly uuid: string;
  readonly name: string;
  readonly clusterUuid: string;
  readonly capacityBytes: number;
}

export interface InventoryProject {
  readonly uuid: string;
  readonly name: string;
  readonly isDefault: boolean;
}
