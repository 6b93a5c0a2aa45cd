import type { CallContext } from '../../../provider/index.js';
import { backoff, poll, type Probed } from '../../../support/index.js';
import { ASKED_MS, notRunning } from '../../shared/index.js';
import type { V4Backend } from '../backend.js';
import { findEntity } from '../read-entity.js';
import { changeVm, type Change } from './change.js';
import { powerOf } from './view.js';
import { vmPath, type V4Vm, vmAt } from './vm.js';

/** Number of reads that may still show the state before a change whose task has succeeded (reference v4 3.4). */
const LAGGING_READS = 8;

export async function powerOn(backend: V4Backend, id: string, context: CallContext): Promise<void> {
  await changeVm(backend, id, action(id, 'power-on', `power on VM ${id}`, isOn), context);
}

/** The second half of a create. The VM may not be known to the server at once. */
export async function powerOnFresh(
  backend: V4Backend,
  id: string,
  attempted: string,
  context: CallContext,
): Promise<void> {
  await changeVm(backend, id, { ...action(id, 'power-on', attempted, isOn), isFresh: true }, context);
}

/** Hard power-off; resolves when a read shows it, because what starts the VM again begins with a read. */
export async function powerOff(backend: V4Backend, id: string, context: CallContext): Promise<void> {
  const attempted = `power off VM ${id}`;
  const end = await changeVm(backend, id, action(id, 'power-off', attempted, isOff), context);
  if (end === 'was so') return;
  const probe = async (attempt: number): Promise<Probed<void>> => {
    const now = await findEntity(backend, vmAt(id), attempted, context);
    const isSeen = now === undefined || isOff(now.entity) || attempt === LAGGING_READS;
    return isSeen ? { ready: true, value: undefined } : { ready: false };
  };
  const delays = backoff({ first: 200, growth: 1.5 });
  await poll(probe, { clock: backend.clock, signal: context.signal, delays });
}

/** Presses the ACPI button. */
export async function requestShutdown(backend: V4Backend, id: string, context: CallContext): Promise<void> {
  const change = action(id, 'shutdown', `ask VM ${id} to shut down`, isOff);
  await changeVm(backend, id, { ...change, limitMs: ASKED_MS }, context);
}

export async function requestReboot(backend: V4Backend, id: string, context: CallContext): Promise<void> {
  const attempted = `ask VM ${id} to restart`;
  const change = { ...action(id, 'reboot', attempted, isOff), limitMs: ASKED_MS };
  if ((await changeVm(backend, id, change, context)) === 'was so') throw notRunning(attempted);
}

/** Hard restart. */
export async function reset(backend: V4Backend, id: string, context: CallContext): Promise<void> {
  const attempted = `reset VM ${id}`;
  const end = await changeVm(backend, id, action(id, 'reset', attempted, isOff), context);
  if (end === 'was so') throw notRunning(attempted);
}

const isOn = (vm: V4Vm): boolean => powerOf(vm) === 'on';
const isOff = (vm: V4Vm): boolean => powerOf(vm) === 'off';

/** `isDone`: in that state nothing is sent, since what the server would answer is not known (reference v4 3.4). */
function action(id: string, name: string, attempted: string, isDone: Change['isDone']): Change {
  return {
    attempted,
    isDone,
    request: () => ({ method: 'POST', path: `${vmPath(id)}/$actions/${name}` }),
  };
}
