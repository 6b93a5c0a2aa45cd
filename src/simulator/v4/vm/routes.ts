import type { VmRecord } from '../../core/store/vm-record.js';
import { entityRoutes, type EntityType } from '../entity-routes.js';
import type { V4Route } from '../route.js';
import type { V4World } from '../world.js';
import { assignOwner, changeAttributes, changeCategories, customizeGuest } from './attributes.js';
import { cloneVm } from './clone.js';
import { createVm } from './create.js';
import { deleteVm } from './delete.js';
import { deviceRoutes } from './devices/routes.js';
import { existingVm, tagOf } from './existing.js';
import { vmListing } from './list.js';
import { actOnPower, POWER_ACTIONS } from './power.js';
import { updateVm } from './update.js';

const kind = 'vm';

/** Below a VM, as its links tell (recorded-v4 A1). */
const BELOW = ['cd-roms', 'disks', 'nics', 'gpus', 'serial-ports', 'pcie-devices', 'guest-tools'];

const VMS: EntityType<VmRecord> = {
  kind,
  path: '/ahv/config/vms',
  model: 'vmm.v4.ahv.config',
  word: 'Vm',
  listing: vmListing,
  records: ({ store }) => store.vms.toArray().filter(({ made }) => made),
  existing: existingVm,
  tag: tagOf,
  links: BELOW,
  create: createVm,
  update: updateVm,
  remove: deleteVm,
};

/** Everything under ahv/config/vms of namespace vmm. */
export function vmRoutes(world: V4World): V4Route[] {
  return [
    ...entityRoutes(world, VMS),
    ...actionRoutes(world, `${VMS.path}/:extId/$actions`),
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
