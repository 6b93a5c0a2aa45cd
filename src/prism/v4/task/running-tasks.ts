import type { CallContext } from '../../../provider/index.js';
import { hasCode } from '../../../support/index.js';
import { odataText } from '../api.js';
import type { V4Backend } from '../backend.js';
import { listAll } from '../list.js';
import { endOf, task, VM_RELATION, type V4Task } from './task.js';
import { waitForTask } from './wait-for-task.js';

/**
 * The ids of the unfinished tasks of a VM. Where tasks may not be listed nothing is known, and the list is empty: then
 * the ETag alone keeps two changes apart.
 */
async function runningTasksOf(
  backend: V4Backend,
  vmId: string,
  context: CallContext,
): Promise<readonly string[]> {
  const attempted = `list the tasks under way of VM ${vmId}`;
  const $filter = `entitiesAffected/any(a:a/extId eq ${odataText(vmId)}) and (${RUNNING})`;
  return (await unfinished(backend, $filter, attempted, context)).flatMap(({ extId }) => extId ?? []);
}

/**
 * True when a VM is being made that may be of this name: a create under way tells of itself the name at most, and a task
 * may lack that too (recorded-v4 A1, C3). False also where tasks may not be listed.
 */
export async function isCreateUnderWay(
  backend: V4Backend,
  name: string,
  context: CallContext,
): Promise<boolean> {
  const attempted = `look for a create of VM "${name}" that is under way`;
  return (await unfinished(backend, RUNNING, attempted, context)).some(
    ({ operation, entitiesAffected = [] }) =>
      operation === CREATE &&
      entitiesAffected.some((one) => one.rel === VM_RELATION && (one.name ?? name) === name),
  );
}

const CREATE = 'CreateVm';
const RUNNING = ['QUEUED', 'RUNNING']
  .map((status) => `status eq Prism.Config.TaskStatus'${status}'`)
  .join(' or ');

async function unfinished(
  { api, logger }: V4Backend,
  $filter: string,
  attempted: string,
  { signal }: CallContext,
): Promise<readonly V4Task[]> {
  try {
    const list = { namespace: 'prism', path: '/config/tasks', query: { $filter }, item: task } as const;
    const listed = await listAll(api, list, { attempted, signal });
    return listed.filter((one) => one.extId !== undefined && endOf(one, one.extId) === undefined);
  } catch (error) {
    if (signal.aborted || !hasCode(error, ...REFUSED)) throw error;
    logger.debug(error.message);
    return [];
  }
}

const REFUSED = ['permission-denied', 'not-found', 'unsupported', 'invalid-input', 'unavailable'] as const;

/** Waits for the end of everything that is under way with a VM, however it ends. True when there was anything. */
export async function waitForRunningTasks(
  backend: V4Backend,
  vmId: string,
  attempted: string,
  context: CallContext,
): Promise<boolean> {
  const taskIds = await runningTasksOf(backend, vmId, context);
  for (const taskId of taskIds) {
    context.progress(`${attempted}: task ${taskId} of this VM is still under way, waiting for its end`);
    await waitForTask(backend, taskId, attempted, context);
  }
  return taskIds.length > 0;
}
