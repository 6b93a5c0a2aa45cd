import type { CallContext } from '../../../provider/index.js';
import { hasCode } from '../../../support/index.js';
import { deleteUntilGone, type DeleteEnd } from '../../shared/index.js';
import type { V3Backend } from '../backend.js';
import { isConflict, isEntityMissing, taskError } from '../task/task.js';
import { waitForTask } from '../task/wait-for-task.js';
import { accepted, acceptedTask } from '../task/task-of-answer.js';
import { waitForPendingCreate, type PlannedVm } from './pending-create.js';
import { readVm, vmPath } from './read.js';

export interface VmToDelete extends PlannedVm {
  readonly name: string;
}

/** Deletes one VM and resolves when it is truly gone; a VM that is not there is success. */
export async function deleteVm(backend: V3Backend, vm: VmToDelete, context: CallContext): Promise<void> {
  const mayStillCome = async (attempted: string): Promise<boolean> =>
    await waitForPendingCreate(backend, vm, attempted, context);
  await deleteUntilGone({ backend, vm, deleteOnce, probe, mayStillCome }, context);
}

async function probe(...call: Parameters<typeof readVm>): Promise<'gone' | 'being deleted' | 'there'> {
  const now = await readVm(...call);
  if (now === undefined) return 'gone';
  const isOnItsWay = now.status?.state === 'DELETE_PENDING' || now.status?.resources === undefined;
  return isOnItsWay ? 'being deleted' : 'there';
}

/** One DELETE to its end. There are two ways of saying that there is no such VM, and two of a conflict. */
async function deleteOnce(
  backend: V3Backend,
  id: string,
  attempted: string,
  context: CallContext,
): Promise<DeleteEnd> {
  try {
    const attempt = { attempted, signal: context.signal };
    const request = { method: 'DELETE', path: vmPath(id), answer: accepted } as const;
    const taskId = acceptedTask(await backend.api.send(request, attempt), attempted);
    const end = await waitForTask(backend, taskId, attempted, context);
    if (end.kind !== 'failed') return { kind: 'deleted' };
    if (isEntityMissing(end)) return { kind: 'missing' };
    const error = taskError(end, attempted);
    if (isConflict(end)) return { kind: 'conflict', error };
    // Another client may have deleted the VM at the same time, whatever the task says.
    if ((await readVm(backend, id, attempted, context)) === undefined) return { kind: 'missing' };
    throw error;
  } catch (error) {
    if (hasCode(error, 'not-found')) return { kind: 'missing' };
    if (hasCode(error, 'conflict')) return { kind: 'conflict', error };
    throw error;
  }
}
