import { notModelled } from '../refusal.js';
import { ok, type Route } from '../../http/route.js';
import { listAnswer } from '../listing/page.js';
import type { V3World } from '../world.js';

/** What belongs to no entity: which API is this, and entity types that are always empty here. */
export function serviceRoutes(world: V3World): Route[] {
  return [
    {
      method: 'GET',
      path: '/versions',
      kind: 'version',
      handle: () => ok({ major_version: '3', minor_version: '1' }),
    },
    {
      method: 'POST',
      path: '/volume_groups/list',
      kind: 'volume_group',
      handle: (call) => {
        const input = world.validator.check('volume_group_list_metadata', call.body, 'volume_group');
        const none: never[] = [];
        return ok(
          listAnswer({ kind: 'volume_group', records: none, attributes: {}, view: () => undefined }, input),
        );
      },
    },
  ];
}

/**
 * What the real API has and this one does not. A 404 would say that the client is wrong; this says that the
 * simulator is incomplete.
 */
const UNMODELLED: readonly (readonly [Route['method'], string])[] = [
  ['PUT', '/clusters/:uuid'],
  ['PUT', '/hosts/:uuid'],
  ['DELETE', '/hosts/:uuid'],
  ['POST', '/idempotence_identifiers/salted'],
  ['POST', '/images/migrate'],
  ['POST', '/images/remote_copy'],
  ['POST', '/images/placement_policies'],
  ['POST', '/images/placement_policies/list'],
  ['GET', '/images/placement_policies/:uuid'],
  ['PUT', '/images/placement_policies/:uuid'],
  ['DELETE', '/images/placement_policies/:uuid'],
  ['GET', '/vms/capabilities'],
  ['GET', '/vms/:uuid/ngt'],
  ['POST', '/vms/:uuid/export'],
  ['POST', '/vms/:uuid/migrate_disks'],
  ['POST', '/vms/:uuid/pause_replication'],
  ['POST', '/vms/:uuid/resume_replication'],
  ['POST', '/vms/:uuid/revert'],
  ['POST', '/vms/:uuid/snapshot'],
  ['POST', '/vms/:uuid/validate_migration'],
  ['PUT', '/vms/:uuid/release_ip'],
  ['PUT', '/vms/:uuid/update_ip'],
  ['GET', '/vms/:uuid/vm_disk/:vm_disk_uuid/data'],
  ['PUT', '/vms/:uuid/vm_disk/:vm_disk_uuid/data'],
  ['POST', '/prism_central/cmsp/configure'],
  ['POST', '/prism_central/nodes'],
  ['POST', '/access_control_policies'],
  ['PUT', '/access_control_policies/:uuid'],
  ['DELETE', '/access_control_policies/:uuid'],
  ['POST', '/roles'],
  ['PUT', '/roles/:uuid'],
  ['DELETE', '/roles/:uuid'],
  ['POST', '/users'],
  ['PUT', '/users/:uuid'],
  ['DELETE', '/users/:uuid'],
  ['POST', '/user_groups'],
  ['PUT', '/user_groups/:uuid'],
  ['DELETE', '/user_groups/:uuid'],
  ['POST', '/volume_groups'],
  ['GET', '/volume_groups/:uuid'],
  ['PUT', '/volume_groups/:uuid'],
  ['DELETE', '/volume_groups/:uuid'],
];

export function unmodelledRoutes(): Route[] {
  return UNMODELLED.map(([method, path]) => ({
    method,
    path,
    kind: 'unmodelled',
    handle: () => {
      const message = `${method} ${path} is not modelled by this simulator`;
      throw notModelled(message);
    },
  }));
}
