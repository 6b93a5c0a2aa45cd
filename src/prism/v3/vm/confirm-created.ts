import type { CallContext, CreationKey, VmId } from '../../../provider/index.js';
import { poll, type Probed } from '../../../support/index.js';
import type { Backend } from '../backend.js';
import { taskIdsOf } from '../envelope.js';
import { findMarked } from './find-tagged.js';
import { runningVmTasks, vmIdsOf } from '../task/running-tasks.js';
import { waitForTask } from '../task/wait-for-task.js';
import { readVm } from './read.js';

/**
 * True when the VM of this id was made after all, by a task other than `failedTask`; waits for such a task. What
 * `failedTask` itself left half made does not count.
 */
export async function madeUnderUuid(
  backend: Backend,
  vmId: string,
  failedTask: string | undefined,
  attempted: string,
  context: CallContext,
): Promise<boolean> {
  const vm = await readVm(backend, vmId, attempted, context);
  const tasks = vm === undefined ? await creatingTasks(backend, vmId, context) : taskIdsOf(vm);
  for (const taskId of tasks.filter((id) => id !== failedTask)) {
    const end = await waitForTask(backend, taskId, attempted, context);
    if (end.kind === 'succeeded') return true;
  }
  if (vm === undefined || (failedTask !== undefined && tasks.includes(failedTask))) return false;
  // Its tasks are forgotten or failed later: the VM itself is the only witness left.
  const now = await readVm(backend, vmId, attempted, context);
  return now?.status?.state === 'COMPLETE';
}

/** The unfinished tasks of a VM: what this process knows of, and what the server lists. */
export async function creatingTasks(
  backend: Backend,
  vmId: string,
  context: CallContext,
): Promise<readonly string[]> {
  const known = backend.creating.get(vmId);
  if (known !== undefined) return [known];
  const { tasks } = await runningVmTasks(backend, context);
  return tasks.filter((task) => vmIdsOf(task).includes(vmId)).flatMap(({ uuid }) => uuid ?? []);
}

/** The VM that bears the marks of this key, looked for `looks` times, 3 s apart; waits until it is made. */
export async function madeUnderMarks(
  backend: Backend,
  name: string,
  key: CreationKey,
  looks: number,
  context: CallContext,
): Promise<VmId | undefined> {
  const probe = async (attempt: number): Promise<Probed<VmId | undefined>> => {
    const { ids } = await findMarked(backend, name, key, context);
    if (ids.length === 0 && attempt < looks) return { ready: false };
    return { ready: true, value: ids[0] };
  };
  const vmId = await poll(probe, { clock: backend.clock, signal: context.signal, delays: () => 3_000 });
  if (vmId === undefined) return undefined;
  const attempted = `create VM "${name}" (${vmId})`;
  return (await madeUnderUuid(backend, vmId, undefined, attempted, context)) ? vmId : undefined;
}
