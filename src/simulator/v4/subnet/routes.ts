import { randomUUID } from 'node:crypto';
import { subnetUser } from '../../core/ipam.js';
import type { SubnetRecord } from '../../core/store/records.js';
import { param, type Answer } from '../../http/route.js';
import type { EntityType } from '../entity-routes.js';
import { found } from '../message/error.js';
import { requestBody } from '../message/request-body.js';
import { checkIfMatch } from '../precondition/if-match.js';
import { taskFailure } from '../task/failure.js';
import { ordered } from '../task/start.js';
import type { V4Call } from '../route.js';
import type { V4World } from '../world.js';
import { subnetBody, subnetConfig, type SubnetBody } from './bodies.js';
import { subnetView, usageView } from './view.js';
import { pendingRecord } from '../../core/store/entity.js';

const kind = 'subnet';
/** All changes answer with a task of this type. */
const TASK_ANSWER = 'networking.v4.config.TaskReferenceApiResponse';

/** networking: subnets. Changes are tasks; PUT and DELETE want If-Match (reference v4 2.3). */
export const SUBNETS: EntityType<SubnetRecord> = {
  kind,
  path: '/config/subnets',
  model: 'networking.v4.config',
  word: 'Subnet',
  listing: (world) => ({
    filterable: {
      clusterReference: 'text',
      extId: 'text',
      isExternal: 'flag',
      name: 'text',
      subnetType: 'enumeration',
      vpcReference: 'text',
    },
    orderable: ['name'],
    quickly: { name: ({ name }) => name, extId: ({ uuid }) => uuid },
    view: (subnet) => subnetView(world, subnet),
  }),
  records: ({ store }) => store.subnets.toArray().filter(({ state }) => state !== 'PENDING'),
  existing,
  shown: (world, subnet) => ({ ...subnetView(world, subnet), ...usageView(world, subnet) }),
  tag: tagOf,
  create,
  update,
  remove,
};

function create(world: V4World, call: V4Call): Answer {
  const input = requestBody(world, call, subnetBody);
  return ordered(world, call, TASK_ANSWER, () => {
    const subnet = newSubnet(world, call, input);
    world.store.subnets.put(subnet);
    return {
      operation: 'CreateSubnet',
      entities: [{ kind, uuid: subnet.uuid, name: subnet.name }],
      lane: subnet.uuid,
      run: () => {
        checkCluster(world, subnet.clusterUuid);
        subnet.state = 'COMPLETE';
      },
      onFailure: () => {
        if (subnet.state === 'PENDING') world.store.subnets.delete(subnet.uuid);
      },
    };
  });
}

function update(world: V4World, call: V4Call): Answer {
  const subnet = existing(world, call);
  const input = requestBody(world, call, subnetBody);
  return change(world, call, { operation: 'UpdateSubnet', subnet, name: input.name }, () => {
    checkCluster(world, clusterOf(input));
    const { name, description } = input;
    Object.assign(subnet, { ...subnetConfig(input), name, description, clusterUuid: clusterOf(input) });
    subnet.revision += 1;
    subnet.updatedAt = world.time.now();
  });
}

function remove(world: V4World, call: V4Call): Answer {
  const subnet = existing(world, call);
  return change(world, call, { operation: 'DeleteSubnet', subnet, name: subnet.name }, () => {
    const user = subnetUser(world.store, subnet.uuid);
    if (user !== undefined) throw inUse(subnet, user.name);
    world.store.subnets.delete(subnet.uuid);
  });
}

/** A change of a subnet that is there, under the name that its task says. */
function change(
  world: V4World,
  call: V4Call,
  { operation, subnet, name }: { operation: string; subnet: SubnetRecord; name: string },
  run: () => void,
): Answer {
  const fault = checkIfMatch(world, call, tagOf(world, subnet));
  return ordered(world, call, TASK_ANSWER, () => ({
    operation,
    entities: [{ kind, uuid: subnet.uuid, name }],
    lane: subnet.uuid,
    fault: fault ?? call.taskFault,
    run,
  }));
}

function newSubnet({ time }: V4World, { user }: V4Call, input: SubnetBody): SubnetRecord {
  const owner = { uuid: user.uuid, name: user.username };
  return {
    ...pendingRecord({ uuid: randomUUID(), name: input.name, owner, now: time.now() }),
    description: input.description,
    projectUuid: input.projectExtId,
    clusterUuid: clusterOf(input),
    ...subnetConfig(input),
    reservations: {},
  };
}

/** Newer clients name a list of clusters. */
function clusterOf({ clusterReference, clusterReferenceList }: SubnetBody): string | undefined {
  return clusterReference ?? clusterReferenceList?.[0];
}

function existing(world: V4World, call: V4Call): SubnetRecord {
  const extId = param(call, 'extId');
  const message = `Failed to get the subnet: subnet with UUID ${extId} does not exist.`;
  return found(world.store.subnets.get(extId), {
    namespace: 'networking',
    code: 'NET-50006',
    group: 'SUBNET_NOT_FOUND',
    message,
    arguments: { subnet_uuid: extId },
  });
}

/** Addresses in use change with every VM, and are none of the subnet's own. */
function tagOf(world: V4World, subnet: SubnetRecord): string {
  return world.tags.of(subnet.uuid, subnetView(world, subnet));
}

/* Codes of this namespace are made up: no error of it is recorded. */

function checkCluster({ store }: V4World, clusterUuid: string | undefined): void {
  if (clusterUuid === undefined || store.clusters.has(clusterUuid)) return;
  const message = `Cluster with UUID ${clusterUuid} is not registered.`;
  const values = { cluster_uuid: clusterUuid };
  throw taskFailure({ code: 'NET-50010', group: 'CLUSTER_NOT_FOUND', message, arguments: values });
}

function inUse({ name, uuid }: SubnetRecord, user: string): Error {
  const message = `Subnet ${name} is in use by VM ${user}.`;
  return taskFailure({
    code: 'NET-50020',
    group: 'SUBNET_IN_USE',
    message,
    arguments: { subnet_uuid: uuid },
  });
}
