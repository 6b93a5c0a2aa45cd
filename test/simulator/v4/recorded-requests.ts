import type { Inventory } from '../../../src/simulator/index.js';

const CLUSTER = '00065d12-354a-67bf-45bf-3cecef82de9b';
const GIB = 2 ** 30;

/** What the requests of A1 to D2 refer to: they were answered by a server that has it. */
export function inventoryOfRequests(): Inventory {
  return {
    clusters: [
      { uuid: CLUSTER, name: 'cluster', service: 'AOS', version: '7.5', externalAddress: '192.0.2.20' },
      {
        uuid: '8c5e5140-8a7f-4a1c-bcd7-7545cbf1542b',
        name: 'Unnamed',
        service: 'PRISM_CENTRAL',
        version: '7.6',
        externalAddress: '192.0.2.10',
      },
    ],
    hosts: [
      {
        uuid: 'b1a6c5d4-0000-4000-8000-000000000001',
        name: 'node-1',
        clusterUuid: CLUSTER,
        address: '192.0.2.21',
        sockets: 2,
        cores: 48,
        memoryMiB: 512 * 1024,
        gpus: [],
      },
    ],
    subnets: [
      {
        uuid: 'b30e6cff-f0a7-4300-9d98-14f9455985be',
        name: 'vlan',
        type: 'VLAN',
        clusterUuid: CLUSTER,
        vlanId: 1,
      },
    ],
    // As large as the disk that was made from it.
    images: [
      {
        uuid: 'ee739a9f-d838-4a92-b531-f1af05876244',
        name: 'image',
        type: 'DISK_IMAGE',
        sizeBytes: 30 * GIB,
        clusterUuids: [CLUSTER],
      },
    ],
    containers: [
      {
        uuid: '9992ebc6-4fd4-4b80-b86d-a685010db707',
        name: 'default-container',
        clusterUuid: CLUSTER,
        capacityBytes: 4096 * GIB,
      },
    ],
    projects: [{ uuid: '00000000-0000-0000-0000-000000000000', name: 'default', isDefault: true }],
    categories: {},
  };
}
