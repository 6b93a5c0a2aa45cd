import type { CallContext } from '../../../provider/index.js';
import type { Backend } from '../backend.js';
import { runningVmTasks, vmIdsOf } from '../task/running-tasks.js';
import { waitForTask } from '../task/wait-for-task.js';
import type { Doomed } from './delete.js';
import { readVm } from './read.js';

/** How long a create that nobody can see is given to show itself, where tasks cannot be listed. */
const UNSEEN_CREATE_MS = 5_000;

/**
 * A VM that is to be deleted is not there: was a create of it still under way? Waits for its end; true = look
 * again. Costs nothing when the create is known to have ended.
 */
export async function createUnderWay(
  backend: Backend,
  { id, created }: Doomed,
  attempted: string,
  context: CallContext,
): Promise<boolean> {
  if (created) return false;
  const known = backend.creating.get(id);
  if (known !== undefined) {
    await waitForEnd(backend, known, attempted, context);
    backend.creating.delete(id);
    return true;
  }
  const { tasks, complete } = await runningVmTasks(backend, context);
  const create = tasks.find((task) => vmIdsOf(task).includes(id));
  if (create?.uuid !== undefined) {
    await waitForEnd(backend, create.uuid, attempted, context);
    return true;
  }
  if (complete) return false;
  await backend.clock.sleep(UNSEEN_CREATE_MS, context.signal);
  return (await readVm(backend, id, attempted, context)) !== undefined;
}

async function waitForEnd(
  backend: Backend,
  taskId: string,
  attempted: string,
  context: CallContext,
): Promise<void> {
  context.progress(`${attempted}: its create (task ${taskId}) is still under way, waiting for its end`);
  await waitForTask(backend, taskId, attempted, context);
}
