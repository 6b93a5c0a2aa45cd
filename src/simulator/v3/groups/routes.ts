import { ok, type Answer, type Call, type Route } from '../../http/route.js';
import type { Attributes } from '../listing/filter.js';
import type { Refusal } from '../../core/refusal.js';
import { notModelled } from '../refusal.js';
import type { GroupsInput } from '../schema/request-bodies.js';
import { vmAttributes } from '../vm/attributes.js';
import type { V3World } from '../world.js';
import { clusterAttributes, CONTAINER_ATTRIBUTES, hostAttributes } from './attributes.js';
import { groupsAnswer } from './answer.js';

const kind = 'groups';

/**
 * groups: the database behind lists and the console. The one way to storage containers, which have no entity of
 * their own in v3, and the way that many programs take to VMs, clusters and hosts.
 */
export function groupsRoutes(world: V3World): Route[] {
  return [{ method: 'POST', path: '/groups', kind, handle: (call) => query(world, call) }];
}

function query(world: V3World, call: Call): Answer {
  const input = world.validator.check('groups_get_entities_request', call.body, kind);
  const { clusters, containers, hosts, vms } = world.store;
  const answer = <T extends { uuid: string }>(records: Iterable<T>, attributes: Attributes<T>): Answer => {
    const visible = call.user.role === 'viewer' ? [] : [...records];
    return ok(groupsAnswer({ records: visible, attributes, now: world.time.now() }, input));
  };
  switch (input.entity_type) {
    case 'storage_container':
      return answer(containers, CONTAINER_ATTRIBUTES);
    // A VM of any hypervisor, and one of AHV: the same here.
    case 'mh_vm':
    case 'vm':
      return answer(
        vms.toArray().filter((vm) => vm.made),
        vmAttributes(world),
      );
    case 'cluster':
      return answer(clusters, clusterAttributes(world));
    case 'host':
      return answer(hosts, hostAttributes(world));
    default:
      throw unknownType(input);
  }
}

function unknownType({ entity_type: type }: GroupsInput): Refusal {
  const message = `entity_type ${type} is not modelled by this simulator`;
  return notModelled(message, kind);
}
