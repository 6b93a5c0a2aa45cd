import type { CallContext } from '../../../provider/index.js';
import type { V3Backend } from '../backend.js';
import { runningVmTasks, vmIdsOf } from '../task/running-tasks.js';
import { waitForTask } from '../task/wait-for-task.js';
import { readVm } from './read.js';

/** Where tasks cannot be listed, a create that is under way gets this long to show its VM. */
const UNSEEN_CREATE_MS = 5_000;

/** A VM that may be on its way. */
export interface PlannedVm {
  readonly id: string;
  /** A finished create is on record, so a VM that is not there is gone and not about to come. */
  readonly created: boolean;
}

/** The unfinished tasks of a VM: what this process knows of, and else what the server lists. */
export interface PendingTasks {
  readonly taskIds: readonly string[];
  /** False when there may be others that were not seen. */
  readonly complete: boolean;
}

export async function pendingTasks(
  backend: V3Backend,
  vmId: string,
  context: CallContext,
): Promise<PendingTasks> {
  const known = backend.creating.get(vmId);
  if (known !== undefined) return { taskIds: [known], complete: true };
  const { tasks, complete } = await runningVmTasks(backend, context);
  const own = tasks.filter((task) => vmIdsOf(task).includes(vmId));
  return { taskIds: own.flatMap(({ uuid }) => uuid ?? []), complete };
}

/**
 * A VM that is to be deleted is not there: was a create of it still under way? Waits for its end; true = look
 * again. Costs nothing when the create is known to have ended.
 */
export async function waitForPendingCreate(
  backend: V3Backend,
  { id, created }: PlannedVm,
  attempted: string,
  context: CallContext,
): Promise<boolean> {
  if (created) return false;
  const { taskIds, complete } = await pendingTasks(backend, id, context);
  const [taskId] = taskIds;
  if (taskId !== undefined) {
    context.progress(`${attempted}: its create (task ${taskId}) is still under way, waiting for its end`);
    await waitForTask(backend, taskId, attempted, context);
    backend.creating.delete(id);
    return true;
  }
  if (complete) return false;
  await backend.clock.sleep(UNSEEN_CREATE_MS, context.signal);
  return (await readVm(backend, id, attempted, context)) !== undefined;
}
