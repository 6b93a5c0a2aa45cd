import type { CallContext, CreationToken, VmId } from '../../../provider/index.js';
import { poll, type Probed } from '../../../support/index.js';
import type { V3Backend } from '../backend.js';
import { taskIdsOf } from '../envelope.js';
import { findTagged } from './find-tagged.js';
import { waitForTask } from '../task/wait-for-task.js';
import { pendingTasks } from './pending-create.js';
import { readVm } from './read.js';

/**
 * True when the VM of this id was made after all, by a task other than `failedTask`; waits for such a task. What
 * `failedTask` itself left half made does not count.
 */
export async function confirmByUuid(
  backend: V3Backend,
  vmId: string,
  failedTask: string | undefined,
  attempted: string,
  context: CallContext,
): Promise<boolean> {
  const vm = await readVm(backend, vmId, attempted, context);
  const tasks = vm === undefined ? (await pendingTasks(backend, vmId, context)).taskIds : taskIdsOf(vm);
  for (const taskId of tasks.filter((id) => id !== failedTask)) {
    const end = await waitForTask(backend, taskId, attempted, context);
    if (end.kind === 'succeeded') return true;
  }
  if (vm === undefined || (failedTask !== undefined && tasks.includes(failedTask))) return false;
  // Its tasks are forgotten or failed later: the VM itself is the only witness left.
  const now = await readVm(backend, vmId, attempted, context);
  return now?.status?.state === 'COMPLETE';
}

/** The VM with the ownership tag of this token, looked for `attempts` times, 3 s apart; waits until it is made. */
export async function confirmByTag(
  backend: V3Backend,
  name: string,
  token: CreationToken,
  attempts: number,
  context: CallContext,
): Promise<VmId | undefined> {
  const probe = async (attempt: number): Promise<Probed<VmId | undefined>> => {
    const { ids } = await findTagged(backend, name, token, context);
    if (ids.length === 0 && attempt < attempts) return { ready: false };
    return { ready: true, value: ids[0] };
  };
  const vmId = await poll(probe, { clock: backend.clock, signal: context.signal, delays: () => 3_000 });
  if (vmId === undefined) return undefined;
  const attempted = `create VM "${name}" (${vmId})`;
  return (await confirmByUuid(backend, vmId, undefined, attempted, context)) ? vmId : undefined;
}
