import type { CallContext, VmTrace } from '../../../provider/index.js';
import { hasCode, OperationError } from '../../../support/index.js';
import { abortError } from '../../http/index.js';
import type { Backend } from '../backend.js';
import { parseCreationKey } from '../identity/creation-key.js';
import { findMarked } from '../identity/marks.js';
import { giveBack } from '../identity/reservation.js';
import { runningVmTasks, vmIdsOf } from '../running-tasks.js';
import { isConflict, isEntityMissing, taskError, waitForTask } from '../task-waiter.js';
import { accepted, acceptedTask } from './accepted.js';
import { readVm, vmPath } from './read.js';

/** Deletes that may be needed: a refused one is repeated, and so is one that a late create overtook. */
const ROUNDS = 8;
/** How long a create that nobody can see is given to show itself, where tasks cannot be listed. */
const UNSEEN_CREATE_MS = 5_000;

/**
 * Removes whatever a trace leads to and waits until it is gone. The reservation goes first, so that a create
 * request still on its way is refused when it arrives.
 */
export async function removeVm(backend: Backend, trace: VmTrace, context: CallContext): Promise<void> {
  const identity = trace.creationKey === undefined ? undefined : parseCreationKey(trace.creationKey);
  if (identity?.kind === 'reserved') await giveBack(backend, identity.clientIdentifier, context);
  const ids = new Set<string>();
  if (trace.vmId !== undefined) ids.add(trace.vmId);
  if (identity?.kind === 'reserved') ids.add(identity.vmId);
  if (identity?.kind === 'marked' && trace.vmId === undefined && trace.creationKey !== undefined) {
    for (const id of await findMarked(backend, trace.name, trace.creationKey, context)) ids.add(id);
  }
  for (const id of ids) await removeOne(backend, id, trace, context);
}

async function removeOne(backend: Backend, id: string, trace: VmTrace, context: CallContext): Promise<void> {
  const attempted = `delete VM "${trace.name}" (${id})`;
  for (let round = 1; ; round += 1) {
    const deleted = await deleteAndWait(backend, id, attempted, context);
    if (deleted.kind === 'failed' && round === ROUNDS) throw deleted.error;
    if (deleted.kind === 'missing' && !(await waitForCreate(backend, id, trace, attempted, context))) return;
    if (deleted.kind === 'deleted' && (await isGone(backend, id, attempted, context))) return;
    if (round === ROUNDS) {
      throw new OperationError({
        code: 'conflict',
        attempted,
        problem: 'the VM is still there after every delete',
      });
    }
    await pause(backend, round, attempted, context);
  }
}

type Deleted =
  | { readonly kind: 'deleted' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'failed'; readonly error: OperationError };

/** One DELETE to its end. Both ways of saying "there is no such VM" count (reference 5.9). */
async function deleteAndWait(
  backend: Backend,
  id: string,
  attempted: string,
  context: CallContext,
): Promise<Deleted> {
  try {
    const attempt = { attempted, signal: context.signal };
    const taskId = acceptedTask(await backend.api.delete(vmPath(id), accepted, attempt), attempted);
    const end = await waitForTask(backend, taskId, attempted, context);
    if (end.kind === 'succeeded' || end.kind === 'vanished') return { kind: 'deleted' };
    if (isEntityMissing(end)) return { kind: 'missing' };
    const error = taskError(end, attempted);
    if (isConflict(end)) return { kind: 'failed', error };
    if ((await readVm(backend, id, attempted, context)) === undefined) return { kind: 'missing' };
    throw error;
  } catch (error) {
    if (hasCode(error, 'not-found')) return { kind: 'missing' };
    if (hasCode(error, 'conflict')) return { kind: 'failed', error };
    throw error;
  }
}

/**
 * The VM is not there: is a create of it still under way? True = one was, and has ended now. Only asked when no
 * finished create is on record.
 */
async function waitForCreate(
  backend: Backend,
  id: string,
  trace: VmTrace,
  attempted: string,
  context: CallContext,
): Promise<boolean> {
  if (trace.vmId !== undefined) return false;
  const { tasks, complete } = await runningVmTasks(backend, context);
  const create = tasks.find((task) => vmIdsOf(task).includes(id));
  if (create?.uuid !== undefined) {
    context.progress(
      `${attempted}: its create (task ${create.uuid}) is still under way, waiting for its end`,
    );
    await waitForTask(backend, create.uuid, attempted, context);
    return true;
  }
  if (complete) return false;
  await backend.clock.sleep(UNSEEN_CREATE_MS, context.signal);
  return (await readVm(backend, id, attempted, context)) !== undefined;
}

/** True when GET says that it is gone; waits as long as the VM shows that it is being deleted. */
async function isGone(
  backend: Backend,
  id: string,
  attempted: string,
  context: CallContext,
): Promise<boolean> {
  for (let look = 1; ; look += 1) {
    const vm = await readVm(backend, id, attempted, context);
    if (vm === undefined) return true;
    const deleting = vm.status?.state === 'DELETE_PENDING' || vm.status?.resources === undefined;
    // A list or cache behind the API may lag a moment after the task has succeeded.
    if (!deleting && look > 3) return false;
    await pause(backend, look, attempted, context);
  }
}

async function pause(
  { clock, random }: Backend,
  round: number,
  attempted: string,
  { signal }: CallContext,
): Promise<void> {
  const ms = Math.min(200 * 1.5 ** (round - 1), 3_000) * (0.9 + 0.2 * random());
  try {
    await clock.sleep(ms, signal);
  } catch {
    throw abortError(signal, attempted, 'the VM is still there');
  }
}
