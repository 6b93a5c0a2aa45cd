import type { CallContext } from '../../../provider/index.js';
import { hasCode, OperationError } from '../../../support/index.js';
import { refusalBehind } from '../../http/index.js';
import { ASKED_MS, notRunning } from '../../shared/index.js';
import type { V3Backend } from '../backend.js';
import { taskError } from '../task/task.js';
import { waitForTask } from '../task/wait-for-task.js';
import { accepted, acceptedTask } from '../task/task-of-answer.js';
import { requestPowerOffByUpdate, powerOff, powerOn } from './power-state.js';
import { readVm, vmPath } from './read.js';
import { vmPowerOf } from './view.js';

/** Requests an ACPI shutdown. A server without such an action gets the same request as an update of the VM (PUT). */
export async function requestShutdown(backend: V3Backend, id: string, context: CallContext): Promise<void> {
  const attempted = `ask VM ${id} to shut down`;
  const asked = await press(backend, id, 'acpi_shutdown', attempted, context);
  if (asked === 'is off') return;
  if (asked !== 'no such action') {
    await watch(backend, id, asked.taskId, attempted, context);
    return;
  }
  await requestPowerOffByUpdate(backend, id, attempted, context);
}

export async function requestReboot(backend: V3Backend, id: string, context: CallContext): Promise<void> {
  const attempted = `ask VM ${id} to restart`;
  const asked = await press(backend, id, 'acpi_reboot', attempted, context);
  if (asked === 'no such action') {
    const problem = 'this Prism Central has no ACPI restart';
    throw new OperationError({ code: 'unsupported', attempted, problem });
  }
  const isOff =
    asked === 'is off' || (await watch(backend, id, asked.taskId, attempted, context)) === 'is off';
  if (isOff) throw notRunning(attempted);
}

/**
 * Watches the task of a pressed button for a moment: one that fails soon tells at once that the guest will not
 * react. How the guest reacts is not in the task (reference 5.7).
 */
async function watch(
  backend: V3Backend,
  id: string,
  taskId: string,
  attempted: string,
  context: CallContext,
): Promise<'asked' | 'is off'> {
  const end = await waitForTask(backend, taskId, attempted, context, ASKED_MS);
  if (end.kind !== 'failed') return 'asked';
  const vm = await readVm(backend, id, attempted, context);
  if (vm !== undefined && vmPowerOf(vm) === 'off') return 'is off';
  throw taskError(end, attempted);
}

/** Hard restart. Where there is no such action: off and on. */
export async function reset(backend: V3Backend, id: string, context: CallContext): Promise<void> {
  const attempted = `reset VM ${id}`;
  const asked = await press(backend, id, 'reset', attempted, context);
  if (asked === 'is off') throw notRunning(attempted);
  if (asked === 'no such action') {
    await powerOff(backend, id, context);
    await powerOn(backend, id, context);
    return;
  }
  const end = await waitForTask(backend, asked.taskId, attempted, context);
  if (end.kind === 'failed') throw taskError(end, attempted);
}

/**
 * One action. A refusal is looked into: a VM that is off cannot be asked, and an unknown path is told from an
 * unknown VM by the reason in the body (reference 1.6).
 */
async function press(
  backend: V3Backend,
  id: string,
  action: 'acpi_shutdown' | 'acpi_reboot' | 'reset',
  attempted: string,
  context: CallContext,
): Promise<{ readonly taskId: string } | 'is off' | 'no such action'> {
  const attempt = { attempted, signal: context.signal };
  try {
    const path = `${vmPath(id)}/${action}`;
    const request = { method: 'POST', path, body: {}, answer: accepted, repeatable: true } as const;
    const answer = await backend.api.send(request, attempt);
    return { taskId: acceptedTask(answer, attempted) };
  } catch (error) {
    const refusal = refusalBehind(error);
    if (refusal === undefined || context.signal.aborted) throw error;
    if (hasCode(error, 'unsupported')) return 'no such action';
    if (!hasCode(error, 'invalid-input', 'conflict', 'unavailable')) throw error;
    const vm = await readVm(backend, id, attempted, context);
    if (vm !== undefined && vmPowerOf(vm) === 'off') return 'is off';
    throw error;
  }
}
