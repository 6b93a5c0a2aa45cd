import type { Inventory } from './inventory.js';
import { managedRange } from './subnet-range.js';

const GIB = 2 ** 30;

/** The preset's names and UUIDs, for tests and for the lines that `prism-simulator` prints. */
export const PRESET = {
  cluster: { name: 'PC-Cluster', uuid: '00061f7f-44f7-19dc-3be1-7cc25586ee44' },
  secondCluster: { name: 'DR-Cluster', uuid: '0005b0f1-8f43-a0f2-02b7-3cecef193712' },
  prismCentral: { name: 'Unnamed', uuid: '8c5e5140-8a7f-4a1c-bcd7-7545cbf1542b' },
  managedSubnet: { name: 'vm-network', uuid: 'b2e46975-2cde-4a49-9dda-815eb4fcd679' },
  unmanagedSubnet: { name: 'vm-network-dhcp', uuid: '3f0f5e0c-8f0e-4b53-9b39-6d1c9a5b7a11' },
  secondManagedSubnet: { name: 'vm-network', uuid: 'c7938dc6-7659-453e-a688-e26020c68e43' },
  overlaySubnet: { name: 'vpc-overlay', uuid: '5a1d0f33-5b0e-4a2a-8a6f-0d8b1f0c2e77' },
  image: { name: 'ubuntu-22.04-cloudimg', uuid: '70cfd137-a8d9-4169-a5ac-cf9ad6ddb03a' },
  iso: { name: 'virtio-drivers.iso', uuid: 'a7b1f3a2-1d3c-4f0e-9a55-5f6d0a9c8b21' },
  duplicateImages: [
    { name: 'golden-image', uuid: '1c9e4f1a-93a1-4d38-8f0a-2b7c6d5e4f30' },
    { name: 'golden-image', uuid: '2d0f5a2b-a4b2-4e49-9a1b-3c8d7e6f5a41' },
  ],
  awayImage: { name: 'debian-12-cloudimg', uuid: '3e1a6b3c-b5c3-4f5a-8b2c-4d9e8f7a6b52' },
  container: { name: 'SelfServiceContainer', uuid: '8a77ce4a-5730-44ea-a281-4c81b1277333' },
  defaultContainer: { name: 'default-container', uuid: '9b88df5b-6841-45fb-b392-5d92c2388444' },
  defaultProject: { name: '_internal', uuid: 'f33d30fb-12f1-4afa-b393-b195a259fcd6' },
  project: { name: 'docker-hosts', uuid: 'd41c2b7e-0a5f-4c6d-8e9f-1a2b3c4d5e6f' },
  vpc: { uuid: '6b2e1f44-6c1f-4b3b-9b7a-1e9c2a1d3f88' },
} as const;

export const DEFAULT_SUBNET_CIDR = '127.77.0.0/16';

/**
 * A small company's Prism Central: two clusters with the same subnet name, Prism Central itself among them,
 * two images of one name, one image that lies on the other cluster only. The managed subnet lies in loopback
 * (127.0.0.0/8) so that emulated guests can have its addresses.
 */
export function presetInventory(subnetCidr: string = DEFAULT_SUBNET_CIDR): Inventory {
  const here = PRESET.cluster.uuid;
  const there = PRESET.secondCluster.uuid;
  return {
    clusters: [
      {
        ...PRESET.cluster,
        service: 'AOS',
        version: '6.10.1',
        externalAddress: '10.40.231.131',
        dataServicesAddress: '10.40.231.132',
      },
      { ...PRESET.secondCluster, service: 'AOS', version: '6.5.4.5', externalAddress: '10.40.142.131' },
      {
        ...PRESET.prismCentral,
        service: 'PRISM_CENTRAL',
        version: '2024.3',
        externalAddress: '10.40.231.140',
      },
    ],
    hosts: [...presetHosts(here, 1, 3), ...presetHosts(there, 4, 1)],
    subnets: [
      {
        ...PRESET.managedSubnet,
        type: 'VLAN',
        clusterUuid: here,
        vlanId: 173,
        managed: managedRange(subnetCidr),
      },
      { ...PRESET.unmanagedSubnet, type: 'VLAN', clusterUuid: here, vlanId: 174 },
      {
        ...PRESET.secondManagedSubnet,
        type: 'VLAN',
        clusterUuid: there,
        vlanId: 508,
        managed: managedRange('127.75.0.0/24'),
      },
      {
        ...PRESET.overlaySubnet,
        type: 'OVERLAY',
        vpcUuid: PRESET.vpc.uuid,
        managed: managedRange('127.76.0.0/24'),
      },
    ],
    images: [
      { ...PRESET.image, type: 'DISK_IMAGE', sizeBytes: 2 * GIB, clusterUuids: [here, there] },
      { ...PRESET.iso, type: 'ISO_IMAGE', sizeBytes: 600 * 2 ** 20, clusterUuids: [here] },
      { ...PRESET.duplicateImages[0], type: 'DISK_IMAGE', sizeBytes: 3 * GIB, clusterUuids: [here] },
      { ...PRESET.duplicateImages[1], type: 'DISK_IMAGE', sizeBytes: 4 * GIB, clusterUuids: [here] },
      { ...PRESET.awayImage, type: 'DISK_IMAGE', sizeBytes: 2 * GIB, clusterUuids: [there] },
    ],
    containers: [
      { ...PRESET.container, clusterUuid: here, capacityBytes: 4096 * GIB },
      { ...PRESET.defaultContainer, clusterUuid: here, capacityBytes: 8192 * GIB },
      {
        name: 'default-container',
        uuid: 'ac99ea6c-7952-46ac-84a3-6ea3d3499555',
        clusterUuid: there,
        capacityBytes: 8192 * GIB,
      },
    ],
    projects: [
      { ...PRESET.defaultProject, isDefault: true },
      { ...PRESET.project, isDefault: false },
    ],
    categories: {
      Environment: ['Dev', 'Production', 'Staging', 'Testing'],
      AppType: ['Default', 'Docker'],
      env: ['prod', 'eu', 'test'],
    },
  };
}

function presetHosts(clusterUuid: string, from: number, count: number): Inventory['hosts'] {
  return Array.from({ length: count }, (_, index) => {
    const number = from + index;
    return {
      uuid: `b1a6c5d4-0000-4000-8000-00000000000${String(number)}`,
      name: `node-${String(number)}`,
      clusterUuid,
      address: `10.40.231.${String(140 + number)}`,
      sockets: 2,
      cores: 48,
      memoryMiB: 2 * 1024 * 1024,
      gpus: number === 1 ? PRESET_GPUS : [],
    };
  });
}

const PRESET_GPUS = [
  { name: 'Tesla_M60_compute', vendor: 'NVIDIA', mode: 'PASSTHROUGH_COMPUTE', deviceId: 5106 },
  { name: 'Tesla_M60_compute', vendor: 'NVIDIA', mode: 'PASSTHROUGH_COMPUTE', deviceId: 5106 },
  { name: 'NVIDIA A16-2Q', vendor: 'NVIDIA', mode: 'VIRTUAL', deviceId: 1712 },
] as const;
