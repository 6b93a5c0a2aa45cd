import { entityAnswer } from '../message/answer.js';
import type { V4Route } from '../route.js';
import type { V4World } from '../world.js';
import { assignOwner, changeAttributes, changeCategories, customizeGuest } from './attributes.js';
import { cloneVm } from './clone.js';
import { createVm } from './create.js';
import { deleteVm } from './delete.js';
import { deviceRoutes } from './devices/routes.js';
import { existingVm, tagOf } from './existing.js';
import { listVms } from './list.js';
import { actOnPower, POWER_ACTIONS } from './power.js';
import { updateVm } from './update.js';
import { vmView } from './view.js';

const kind = 'vm';

/** Below a VM, as its links tell (recorded-v4 A1). */
const BELOW = ['cd-roms', 'disks', 'nics', 'gpus', 'serial-ports', 'pcie-devices', 'guest-tools'];

/** Everything under ahv/config/vms of namespace vmm. */
export function vmRoutes(world: V4World): V4Route[] {
  const path = '/ahv/config/vms';
  return [
    { method: 'POST', path, kind, handle: (call) => createVm(world, call) },
    { method: 'GET', path, kind, handle: (call) => listVms(world, call) },
    {
      method: 'GET',
      path: `${path}/:extId`,
      kind,
      handle: (call) => {
        const vm = existingVm(world, call);
        return entityAnswer(world, call, {
          type: 'vmm.v4.ahv.config.GetVmApiResponse',
          data: vmView(world, call.version.minor, vm),
          links: BELOW,
          tag: tagOf(world, vm),
        });
      },
    },
    { method: 'PUT', path: `${path}/:extId`, kind, handle: (call) => updateVm(world, call) },
    { method: 'DELETE', path: `${path}/:extId`, kind, handle: (call) => deleteVm(world, call) },
    ...actionRoutes(world, `${path}/:extId/$actions`),
    ...deviceRoutes(world),
  ];
}

function actionRoutes(world: V4World, path: string): V4Route[] {
  const action = (name: string, handle: V4Route['handle'], since = 0): V4Route => ({
    method: 'POST',
    path: `${path}/${name}`,
    kind,
    since,
    handle,
  });
  return [
    action('clone', (call) => cloneVm(world, call)),
    action('associate-categories', (call) => changeCategories(world, call, true)),
    action('disassociate-categories', (call) => changeCategories(world, call, false)),
    action('customize-guest', (call) => customizeGuest(world, call)),
    action('assign-owner', (call) => assignOwner(world, call)),
    action('add-custom-attributes', (call) => changeAttributes(world, call, true), 2),
    action('remove-custom-attributes', (call) => changeAttributes(world, call, false), 2),
    ...POWER_ACTIONS.map((name) => action(name, (call) => actOnPower(world, name, call))),
  ];
}
