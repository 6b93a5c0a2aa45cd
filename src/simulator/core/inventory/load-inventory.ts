import { randomUUID } from 'node:crypto';
import { completeSubnet } from '../../v3/subnet/defaults.js';
import type { SubnetSpec } from '../../v3/schema/entity-bodies.js';
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
    store.subnets.put({
      ...entity(subnet),
      // Of the task that made it only the name is left, as on a server that has run for months.
      taskUuids: [randomUUID()],
      clusterUuid: subnet.clusterUuid,
      resources,
      reservations: {},
    });
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

function subnetResources(subnet: InventorySubnet): SubnetSpec {
  const { managed } = subnet;
  return completeSubnet({
    subnet_type: subnet.type,
    ...(subnet.type === 'VLAN'
      ? { vlan_id: subnet.vlanId ?? 0 }
      : { vpc_reference: { kind: 'vpc', uuid: subnet.vpcUuid } }),
    ...(subnet.external === undefined ? {} : { is_external: true, enable_nat: subnet.external.nat }),
    ...(managed === undefined
      ? {}
      : {
          ip_config: {
            pool_list: managed.pools.map(([first, last]) => ({ range: `${first} ${last}` })),
            default_gateway_ip: managed.gateway,
            prefix_length: managed.prefixLength,
            subnet_ip: managed.network,
            ...(hasDhcp(subnet) ? dhcp(managed) : {}),
          },
        }),
  });
}

/** Recorded overlays and external subnets have neither options nor a server of DHCP. */
function hasDhcp({ type, external }: InventorySubnet): boolean {
  return type === 'VLAN' && external === undefined;
}

function dhcp({ gateway, nameServers, dhcpServer }: NonNullable<InventorySubnet['managed']>): object {
  return {
    dhcp_options: { domain_name_server_list: nameServers ?? [gateway] },
    ...(dhcpServer === undefined ? {} : { dhcp_server_address: { ip: dhcpServer } }),
  };
}
