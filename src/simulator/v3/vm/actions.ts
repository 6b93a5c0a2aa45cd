import { accepted, param, type Answer, type Call } from '../../http/route.js';
import type { GuestFault } from '../../core/faults/fault-rule.js';
import { Refusal } from '../../core/refusal.js';
import type { VmRecord } from '../../core/store/vm-record.js';
import type { V3World } from '../world.js';
import { startWork } from '../intent/work.js';
import { refuseViewer } from '../permissions.js';
import { existingVm } from './checks.js';
import { poweredOff, powerOff, powerOn, requestReboot, requestShutdown, reset } from '../../core/vm/power.js';

/** Power actions: last part of the path to what they do to a running VM. */
const ACTIONS: Readonly<
  Record<string, (world: V3World, vm: VmRecord, fault: GuestFault) => void | Promise<void>>
> = {
  acpi_shutdown: (world, vm, fault) => {
    if (!fault.ignoresAcpi) requestShutdown(world, vm);
  },
  acpi_reboot: (world, vm, fault) => {
    if (!fault.ignoresAcpi) requestReboot(world, vm);
  },
  guest_shutdown: needGuestTools,
  guest_reboot: needGuestTools,
  reset: (world, vm) => reset(world, vm),
  power_cycle: async (world, vm, fault) => {
    await powerOff(world, vm);
    await powerOn(world, vm, fault);
  },
};

export const POWER_ACTIONS = Object.keys(ACTIONS);

/**
 * POST vms/{uuid}/{action}: a flat `{"task_uuid"}`. The task of an ACPI action ends when the button was
 * pressed, whatever the guest makes of it.
 */
export function actOnVm(world: V3World, action: string, call: Call): Answer {
  const vm = existingVm(world, param(call, 'uuid'));
  const perform = ACTIONS[action];
  if (perform === undefined) throw new Error(`no such action: ${action}`);
  const { task_uuid: chosen } = world.validator.check('vm_set_power_state_input', call.body ?? {}, 'vm');
  if (chosen !== undefined && world.tasks.get(chosen) !== undefined) return accepted({ task_uuid: chosen });
  const task = startWork(world, call, {
    kind: 'vm',
    operation: `${action}_vm`,
    record: vm,
    uuid: chosen,
    run: async () => {
      refuseViewer(call);
      if (!world.store.vms.has(vm.uuid)) throw Refusal.notFound('vm', vm.uuid);
      if (vm.power === 'OFF') throw poweredOff(vm);
      await perform(world, vm, call.guestFault);
    },
  });
  return accepted({ task_uuid: task });
}

function needGuestTools(_: V3World, vm: VmRecord): never {
  const message = `Nutanix Guest Tools are not enabled on VM ${vm.name}`;
  throw new Refusal({ code: 'no-guest-tools', vmUuid: vm.uuid, message });
}
