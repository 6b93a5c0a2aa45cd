import { PRESET, presetInventory, type Inventory } from '../../../../src/simulator/index.js';

/** The recorded world: its names, UUIDs and addresses. */
export function recordedInventory(): Inventory {
  const preset = presetInventory();
  return {
    ...preset,
    clusters: [
      {
        ...PRESET.cluster,
        name: 'ncn-dev-sandbox',
        service: 'AOS',
        version: '6.10',
        externalAddress: '10.0.0.1',
      },
      {
        ...PRESET.secondCluster,
        name: 'ganon',
        service: 'AOS',
        version: '6.5.4.5',
        externalAddress: '10.40.231.131',
        dataServicesAddress: '10.40.231.132',
      },
      {
        uuid: '710e3779-0030-4d55-9827-be11e7fd2d0e',
        name: 'ncn-dev-pc',
        service: 'PRISM_CENTRAL',
        version: '2024.1',
        externalAddress: '10.40.142.17',
      },
    ],
    hosts: ['129', '141', '135', '147'].map((last, index) => ({
      uuid: `b1a6c5d4-0000-4000-8000-0000000000${last.slice(1)}`,
      name: `ganon-${String(index)}`,
      clusterUuid: PRESET.secondCluster.uuid,
      address: `10.40.231.${last}`,
      sockets: 2,
      cores: 48,
      memoryMiB: 400_000,
      gpus: [],
    })),
    subnets: [
      {
        ...PRESET.managedSubnet,
        name: 'vlan173',
        type: 'VLAN',
        clusterUuid: PRESET.cluster.uuid,
        vlanId: 173,
        managed: {
          network: '10.23.129.0',
          prefixLength: 24,
          gateway: '10.23.129.1',
          pools: [['10.23.129.96', '10.23.129.200']],
        },
      },
      {
        ...PRESET.secondManagedSubnet,
        name: 'sherlock_net',
        type: 'VLAN',
        clusterUuid: PRESET.secondCluster.uuid,
        vlanId: 508,
        managed: {
          network: '10.40.142.0',
          prefixLength: 24,
          gateway: '10.40.142.1',
          dhcpServer: '10.40.142.254',
          nameServers: ['10.40.64.15'],
          pools: [['10.40.142.50', '10.40.142.250']],
        },
      },
    ],
  };
}

/** The three subnets that were recorded in one list. */
export function inventoryOfSubnets(): Inventory {
  const inventory = recordedInventory();
  const bowser = { uuid: '0005a220-027e-400b-7131-ac1f6bcd1533', name: 'bowser', version: '6.5.4.5' };
  const network = { prefixLength: 24 };
  return {
    ...inventory,
    clusters: [...inventory.clusters, { ...bowser, service: 'AOS', externalAddress: '10.45.24.5' }],
    subnets: [
      ...inventory.subnets.slice(1),
      {
        uuid: '9f4312c0-705f-40ea-928b-75c9bfdb3ef5',
        name: 'vpc_ext_net',
        type: 'VLAN',
        clusterUuid: bowser.uuid,
        vlanId: 1409,
        external: { nat: true },
        managed: {
          ...network,
          network: '10.45.24.0',
          gateway: '10.45.24.1',
          pools: [['10.45.24.70', '10.45.24.170']],
        },
      },
      {
        uuid: '0ccc7c20-4028-4665-81ea-6021ca45c462',
        name: 'airgap',
        type: 'OVERLAY',
        vpcUuid: '78de692d-750b-4206-8c08-ba26f39edc3d',
        managed: {
          ...network,
          network: '192.168.0.0',
          gateway: '192.168.0.1',
          pools: [['192.168.0.2', '192.168.0.254']],
        },
      },
    ],
  };
}
