import type { GuestFault } from '../../core/faults/fault-rule.js';
import type { VmRecord } from '../../core/store/vm-record.js';
import { powerOff, powerOn, requestReboot, requestShutdown, reset } from '../../core/vm/power.js';
import type { Answer } from '../../http/route.js';
import { requestBody } from '../message/request-body.js';
import type { V4Call } from '../route.js';
import type { V4World } from '../world.js';
import { guestPowerBody } from './bodies.js';
import { changeOfVm } from './change.js';
import { noGuestTools, wrongPowerState } from './failures.js';

interface PowerAction {
  readonly operation: string;
  readonly answerType: string;
  /** In which state it can be done at all. */
  readonly of: VmRecord['power'];
  /** Through Nutanix Guest Tools, which no guest here has. */
  readonly byTools?: true;
  perform(world: V4World, vm: VmRecord, fault: GuestFault): void | Promise<void>;
}

/**
 * Last part of the path to what is done (reference v4 3.4). The tasks of `shutdown` and `reboot` end when the button was
 * pressed, whatever the guest makes of it.
 */
const ACTIONS: Readonly<Record<string, PowerAction>> = {
  'power-on': {
    operation: 'PowerOnVm',
    answerType: 'PowerOnVmApiResponse',
    of: 'OFF',
    perform: powerOn,
  },
  'power-off': {
    operation: 'PowerOffVm',
    answerType: 'PowerOffVmApiResponse',
    of: 'ON',
    perform: powerOff,
  },
  shutdown: {
    operation: 'ShutdownVm',
    answerType: 'ShutdownVmApiResponse',
    of: 'ON',
    perform: (world, vm, { ignoresAcpi }) => (ignoresAcpi ? undefined : requestShutdown(world, vm)),
  },
  'guest-shutdown': {
    operation: 'GuestShutdownVm',
    answerType: 'ShutdownVmApiResponse',
    of: 'ON',
    byTools: true,
    perform: requestShutdown,
  },
  reboot: {
    operation: 'RebootVm',
    answerType: 'RebootVmApiResponse',
    of: 'ON',
    perform: (world, vm, { ignoresAcpi }) => (ignoresAcpi ? undefined : requestReboot(world, vm)),
  },
  'guest-reboot': {
    operation: 'GuestRebootVm',
    answerType: 'RebootVmApiResponse',
    of: 'ON',
    byTools: true,
    perform: requestReboot,
  },
  reset: { operation: 'ResetVm', answerType: 'ResetVmApiResponse', of: 'ON', perform: reset },
  'power-cycle': {
    operation: 'PowerCycleVm',
    answerType: 'PowerCycleVmApiResponse',
    of: 'ON',
    perform: async (world, vm, fault) => {
      await powerOff(world, vm);
      await powerOn(world, vm, fault);
    },
  },
};

export const POWER_ACTIONS = Object.keys(ACTIONS);

/** POST vms/{extId}/$actions/{action}. What does not fit the state fails in the task: our choice (reference v4 3.4). */
export function actOnPower(world: V4World, action: string, call: V4Call): Answer {
  const wanted = ACTIONS[action];
  if (wanted === undefined) throw new Error(`no such action: ${action}`);
  const { operation, answerType } = wanted;
  if (wanted.byTools === true) requestBody(world, call, guestPowerBody);
  return changeOfVm(world, call, {
    operation,
    answerType,
    run: async (vm) => {
      if (vm.power !== wanted.of) throw wrongPowerState(operation, vm.uuid, vm.power);
      if (wanted.byTools === true) throw noGuestTools(operation, vm.uuid);
      await wanted.perform(world, vm, call.guestFault);
    },
  });
}
