import type { CallContext } from '../../../provider/index.js';
import { ASKED_MS } from '../../shared/index.js';
import type { V3Backend } from '../backend.js';
import { changeVm, type Change } from './change.js';
import { vmPowerOf } from './view.js';

export async function powerOn(backend: V3Backend, id: string, context: CallContext): Promise<void> {
  const isDone: Change['isDone'] = (vm) => vmPowerOf(vm) === 'on';
  const attempted = `power on VM ${id}`;
  await changeVm(backend, id, { attempted, isDone, resources: { power_state: 'ON' } }, context);
}

/** Hard power-off. */
export async function powerOff(backend: V3Backend, id: string, context: CallContext): Promise<void> {
  await changeVm(backend, id, { ...off('HARD'), attempted: `power off VM ${id}` }, context);
}

/** The ACPI shutdown request as an update of the VM's specification. */
export async function requestPowerOffByUpdate(
  backend: V3Backend,
  id: string,
  attempted: string,
  context: CallContext,
): Promise<void> {
  await changeVm(backend, id, { ...off('ACPI'), attempted, limitMs: ASKED_MS }, context);
}

/** The mechanism is stored in the VM and stays, so it is always named (reference 5.7). */
function off(mechanism: 'HARD' | 'ACPI'): Pick<Change, 'isDone' | 'resources'> {
  const scripts = { enable_script_exec: false, should_fail_on_script_failure: false };
  return {
    isDone: (vm) => vmPowerOf(vm) === 'off',
    resources: {
      power_state: 'OFF',
      power_state_mechanism: { mechanism, guest_transition_config: scripts },
    },
  };
}
