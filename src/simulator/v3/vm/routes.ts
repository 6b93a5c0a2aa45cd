import { ok, param, type Answer, type Call, type Route } from '../../http/route.js';
import { listAnswer, type Listing } from '../listing/page.js';
import { Refusal } from '../../core/refusal.js';
import type { VmRecord } from '../../core/store/vm-record.js';
import type { V3World } from '../world.js';
import { actOnVm, POWER_ACTIONS } from './actions.js';
import { vmAttributes } from './attributes.js';
import { existingVm } from './checks.js';
import { cloneVm } from './clone.js';
import { createVm } from './create.js';
import { deleteVm } from './delete.js';
import { updateVm } from './update.js';
import { vmListView, vmView } from './views.js';

const kind = 'vm';

/** Everything under vms. */
export function vmRoutes(world: V3World): Route[] {
  return [
    { method: 'POST', path: '/vms', kind, handle: (call) => createVm(world, call) },
    { method: 'POST', path: '/vms/list', kind, handle: (call) => listVms(world, call) },
    {
      method: 'GET',
      path: '/vms/:uuid',
      kind,
      handle: (call) => {
        const vm = existingVm(world, param(call, 'uuid'));
        if (isHidden(world, vm)) throw Refusal.notFound(kind, vm.uuid);
        const failedCreate = !vm.made && vm.state === 'ERROR';
        return { status: failedCreate ? 202 : 200, body: vmView(world, vm) };
      },
    },
    { method: 'PUT', path: '/vms/:uuid', kind, handle: (call) => updateVm(world, call) },
    { method: 'DELETE', path: '/vms/:uuid', kind, handle: (call) => deleteVm(world, call) },
    { method: 'POST', path: '/vms/:uuid/clone', kind, handle: (call) => cloneVm(world, call) },
    ...POWER_ACTIONS.map((action): Route => ({
      method: 'POST',
      path: `/vms/:uuid/${action}`,
      kind,
      handle: (call) => actOnVm(world, action, call),
    })),
  ];
}

function listVms(world: V3World, call: Call): Answer {
  const input = world.validator.check('vm_list_metadata', call.body, kind);
  return ok(listAnswer(listingOf(world, call.user.role), input));
}

/**
 * Lists leave out VMs that are not made yet; to a viewer they look empty. `name` is no attribute to filter VMs by,
 * only one to sort by.
 */
function listingOf(world: V3World, role: string): Listing<VmRecord> {
  return {
    kind,
    records: role === 'viewer' ? [] : world.store.vms.toArray().filter((vm) => vm.made),
    attributes: vmAttributes(world),
    sortAliases: { name: 'vm_name' },
    view: (vm) => vmListView(world, vm),
  };
}

/** Just after a create was accepted. */
function isHidden(world: V3World, vm: VmRecord): boolean {
  return world.behaviour.earlyRead === 'not-found' && !vm.made && vm.state === 'PENDING';
}
