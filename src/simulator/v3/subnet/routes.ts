import { ok, param, type Answer, type Call, type Route } from '../../http/route.js';
import { listAnswer } from '../listing/page.js';
import { Refusal } from '../../core/refusal.js';
import type { SubnetRecord } from '../../core/store/records.js';
import type { World } from '../../core/world.js';
import { acceptCreate } from '../intent/create.js';
import { acceptUpdate } from '../intent/update.js';
import { acceptWork, deletionAnswer } from '../intent/work.js';
import { completeSubnet } from './defaults.js';
import { subnetView } from './view.js';

const kind = 'subnet';

/** subnets: managed ones hand out addresses (ipam.ts). */
export function subnetRoutes(world: World): Route[] {
  return [
    { method: 'POST', path: '/subnets', kind, handle: (call) => create(world, call) },
    { method: 'POST', path: '/subnets/list', kind, handle: (call) => list(world, call) },
    {
      method: 'GET',
      path: '/subnets/:uuid',
      kind,
      handle: (call) => ok({ api_version: '3.1', ...subnetView(world, existing(world, call)) }),
    },
    { method: 'PUT', path: '/subnets/:uuid', kind, handle: (call) => update(world, call) },
    { method: 'DELETE', path: '/subnets/:uuid', kind, handle: (call) => remove(world, call) },
  ];
}

function list(world: World, call: Call): Answer {
  const input = world.validator.check('subnet_list_metadata', call.body, kind);
  const listing = {
    kind,
    records: call.user.role === 'viewer' ? [] : world.store.subnets,
    attributes: {
      name: (subnet: SubnetRecord) => [subnet.name],
      vlan_id: (subnet: SubnetRecord) => [String(subnet.resources.vlan_id ?? '')],
      cluster_uuid: (subnet: SubnetRecord) => clusterOf(subnet),
      cluster_name: (subnet: SubnetRecord) =>
        clusterOf(subnet).map((uuid) => world.store.clusters.get(uuid)?.name ?? ''),
    },
    view: (subnet: SubnetRecord) => subnetView(world, subnet),
  };
  return ok(listAnswer(listing, input));
}

/** None for an overlay. */
function clusterOf({ clusterUuid }: SubnetRecord): string[] {
  return clusterUuid === undefined ? [] : [clusterUuid];
}

function existing(world: World, call: Call): SubnetRecord {
  const uuid = param(call, 'uuid');
  const subnet = world.store.subnets.get(uuid);
  if (subnet === undefined) throw Refusal.notFound(kind, uuid);
  return subnet;
}

function create(world: World, call: Call): Answer {
  const input = world.validator.check('subnet_intent_input', call.body, kind);
  const { cluster_reference: cluster, resources } = input.spec;
  return acceptCreate(world, call, {
    kind,
    input,
    collection: world.store.subnets,
    record: (entity) => ({
      ...entity,
      clusterUuid: cluster?.uuid,
      resources: completeSubnet(resources),
      reservations: {},
    }),
    run: () => {
      if (cluster !== undefined && !world.store.clusters.has(cluster.uuid)) {
        throw Refusal.notFound('cluster', cluster.uuid);
      }
    },
  });
}

function update(world: World, call: Call): Answer {
  const subnet = existing(world, call);
  const input = world.validator.check('subnet_intent_input', call.body, kind);
  return acceptUpdate(world, call, {
    kind,
    input,
    spec: input.spec,
    record: subnet,
    run: () => {
      subnet.name = input.spec.name;
      subnet.description = input.spec.description;
      subnet.resources = completeSubnet(input.spec.resources);
    },
  });
}

function remove(world: World, call: Call): Answer {
  const subnet = existing(world, call);
  const task = acceptWork(world, call, {
    kind,
    operation: 'delete',
    record: subnet,
    run: () => {
      const user = world.store.vms.find((vm) =>
        vm.resources.nic_list.some((nic) => nic.subnet_reference.uuid === subnet.uuid),
      );
      if (user !== undefined) {
        const message = `Subnet ${subnet.name} is in use by VM ${user.name}`;
        throw new Refusal({ status: 422, reason: 'ENTITY_DELETION_FAILED', message });
      }
      world.store.subnets.delete(subnet.uuid);
    },
  });
  return deletionAnswer(kind, task);
}
