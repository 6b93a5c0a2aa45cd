import { randomUUID } from 'node:crypto';
import type { EntityRecord } from '../store/records.js';
import type { Store } from '../store/store.js';
import type { Inventory, InventorySubnet } from './inventory.js';

const ADMIN = { kind: 'user', uuid: '00000000-0000-0000-0000-000000000000', name: 'admin' };

/** Fills an empty store. `now` in ms since 1970. */
export function loadInventory(store: Store, inventory: Inventory, now: number): void {
  const entity = ({ uuid, name }: { uuid: string; name: string }): EntityRecord => ({
    uuid,
    name,
    state: 'COMPLETE',
    messages: [],
    taskUuids: [],
    createdAt: now,
    updatedAt: now,
    specVersion: 1,
    categories: {},
    usesCategoriesMapping: false,
    owner: ADMIN,
  });
  for (const cluster of inventory.clusters) store.clusters.put({ ...entity(cluster), ...cluster });
  for (const host of inventory.hosts) {
    const gpus = host.gpus.map((gpu) => ({ ...gpu, uuid: randomUUID() }));
    store.hosts.put({ ...entity(host), ...host, gpus });
  }
  for (const subnet of inventory.subnets) {
    const resources = subnetResources(subnet);
    store.subnets.put({ ...entity(subnet), clusterUuid: subnet.clusterUuid, resources, reservations: {} });
  }
  for (const image of inventory.images) {
    store.images.put({
      ...entity(image),
      resources: { image_type: image.type, architecture: 'X86_64' },
      sizeBytes: image.sizeBytes,
      clusterUuids: [...image.clusterUuids],
    });
  }
  for (const project of inventory.projects) {
    store.projects.put({ ...entity(project), isDefault: project.isDefault, resources: {} });
  }
  for (const container of inventory.containers) {
    store.containers.put({ ...container, freeBytes: Math.floor(container.capacityBytes * 0.75) });
  }
  for (const [name, values] of Object.entries(inventory.categories)) {
    store.categories.put({
      name,
      description: '',
      systemDefined: false,
      cardinality: 64,
      values: Object.fromEntries(values.map((value) => [value, ''])),
    });
  }
}

function subnetResources(subnet: InventorySubnet): {
  subnet_type: 'VLAN' | 'OVERLAY';
  [field: string]: unknown;
} {
  const { managed } = subnet;
  return {
    subnet_type: subnet.type,
    ...(subnet.type === 'VLAN'
      ? { vlan_id: subnet.vlanId ?? 0, vswitch_name: 'br0', virtual_switch_uuid: VIRTUAL_SWITCH }
      : { vpc_reference: { kind: 'vpc', uuid: subnet.vpcUuid } }),
    ...(managed === undefined
      ? {}
      : {
          ip_config: {
            pool_list: managed.pools.map(([first, last]) => ({ range: `${first} ${last}` })),
            default_gateway_ip: managed.gateway,
            prefix_length: managed.prefixLength,
            subnet_ip: managed.network,
            dhcp_options: { domain_name_server_list: managed.nameServers ?? [managed.gateway] },
            ...(managed.dhcpServer === undefined ? {} : { dhcp_server_address: { ip: managed.dhcpServer } }),
          },
        }),
  };
}

const VIRTUAL_SWITCH = '5dc597bd-e86f-4440-af9f-65d158ae0588';
