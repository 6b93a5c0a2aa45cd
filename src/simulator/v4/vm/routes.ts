import { entityAnswer } from '../message/answer.js';
import type { V4Route } from '../route.js';
import type { V4World } from '../world.js';
import { createVm } from './create.js';
import { deleteVm } from './delete.js';
import { existingVm, tagOf } from './existing.js';
import { listVms } from './list.js';
import { actOnPower, POWER_ACTIONS } from './power.js';
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
    { method: 'DELETE', path: `${path}/:extId`, kind, handle: (call) => deleteVm(world, call) },
    ...POWER_ACTIONS.map((action): V4Route => ({
      method: 'POST',
      path: `${path}/:extId/$actions/${action}`,
      kind,
      handle: (call) => actOnPower(world, action, call),
    })),
  ];
}
