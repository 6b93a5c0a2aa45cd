import { randomUUID } from 'node:crypto';
import { newCategory } from '../categories.js';
import { withDhcpServer, type SubnetConfig } from '../ipam.js';
import { pendingRecord, type EntityRecord } from '../store/entity.js';
import type { Store } from '../store/store.js';
import type { Inventory, InventorySubnet } from './inventory.js';

const ADMIN = { uuid: '00000000-0000-0000-0000-000000000000', name: 'admin' };

/** Fills an empty store. `now` in ms since 1970. */
export function loadInventory(store: Store, inventory: Inventory, now: number): void {
  const entity = ({ uuid, name }: { uuid: string; name: string }): EntityRecord => ({
    ...pendingRecord({ uuid, name, owner: ADMIN, now }),
    state: 'COMPLETE',
    revision: 1,
  });
  for (const cluster of inventory.clusters) store.clusters.put({ ...entity(cluster), ...cluster });
  for (const host of inventory.hosts) {
    const gpus = host.gpus.map((gpu) => ({ ...gpu, uuid: randomUUID() }));
    store.hosts.put({ ...entity(host), ...host, gpus });
  }
  for (const subnet of inventory.subnets) {
    store.subnets.put({
      ...entity(subnet),
      // Of the task that made it only the name is left, as on a server that has run for months.
      taskUuids: [randomUUID()],
      clusterUuid: subnet.clusterUuid,
      ...subnetConfig(subnet),
      reservations: {},
    });
  }
  for (const image of inventory.images) {
    store.images.put({
      ...entity(image),
      type: image.type,
      architecture: 'X86_64',
      extras: {},
      sizeBytes: image.sizeBytes,
      clusterUuids: [...image.clusterUuids],
    });
  }
  for (const project of inventory.projects) {
    store.projects.put({ ...entity(project), isDefault: project.isDefault, extras: {} });
  }
  for (const container of inventory.containers) {
    store.containers.put({ ...container, freeBytes: Math.floor(container.capacityBytes * 0.75) });
  }
  for (const [name, values] of Object.entries(inventory.categories)) {
    store.categories.put({
      ...newCategory(name),
      values: Object.fromEntries(values.map((value) => [value, ''])),
    });
  }
}

function subnetConfig(subnet: InventorySubnet): SubnetConfig {
  const { type, external, managed } = subnet;
  const config: SubnetConfig = {
    type,
    ...(type === 'VLAN' ? { vlanId: subnet.vlanId ?? 0 } : { vpcUuid: subnet.vpcUuid }),
    ...(external === undefined ? {} : { external: true, nat: external.nat }),
    extras: {},
  };
  if (managed === undefined) return config;
  // Recorded overlays and external subnets have neither options nor a server of DHCP.
  const hasDhcp = type === 'VLAN' && external === undefined;
  const { network: address, prefixLength, gateway, dhcpServer, nameServers = [gateway] } = managed;
  const pools = managed.pools.map(([first, last]) => ({ first, last, extras: {} }));
  const network = { address, prefixLength, gateway, pools, extras: {} };
  return withDhcpServer({
    ...config,
    network: hasDhcp ? { ...network, dhcpServer, nameServers: [...nameServers] } : network,
  });
}
