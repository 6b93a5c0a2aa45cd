import type { CallContext } from '../../../provider/index.js';
import {
  abortError,
  backoff,
  hasCode,
  OperationError,
  poll,
  type Pending,
  type PollOptions,
  type Probed,
} from '../../../support/index.js';
import type { V3Backend } from '../backend.js';
import { isConflict, isEntityMissing, taskError } from '../task/task.js';
import { waitForTask } from '../task/wait-for-task.js';
import { accepted, acceptedTask } from '../task/task-of-answer.js';
import { waitForPendingCreate, type PlannedVm } from './pending-create.js';
import { readVm, vmPath } from './read.js';

/** Deletes that may be needed: one in conflict is repeated, and so is one that a late create overtook. */
const ROUNDS = 8;
/** Number of GETs that may still return the VM after its delete task succeeded, before DELETE is sent again. */
const LAGGING_GETS = 4;

export interface VmToDelete extends PlannedVm {
  readonly name: string;
}

/** Deletes one VM and resolves when it is truly gone; a VM that is not there is success. */
export async function deleteVm(backend: V3Backend, vm: VmToDelete, context: CallContext): Promise<void> {
  const attempted = `delete VM "${vm.name}" (${vm.id})`;
  const round = async (number: number): Promise<Probed<void>> => {
    const result = await deleteOnce(backend, vm.id, attempted, context);
    const isDone =
      (result.kind === 'deleted' && (await isGone(backend, vm.id, attempted, context))) ||
      (result.kind === 'missing' && !(await waitForPendingCreate(backend, vm, attempted, context)));
    if (isDone) return { ready: true, value: undefined };
    if (number === ROUNDS) throw result.kind === 'conflict' ? result.error : stillThere(attempted);
    return { ready: false };
  };
  await poll(round, pollOptions(backend, attempted, context));
}

type Deleted =
  { readonly kind: 'deleted' | 'missing' } | { readonly kind: 'conflict'; readonly error: OperationError };

/** One DELETE to its end. There are two ways of saying that there is no such VM, and two of a conflict. */
async function deleteOnce(
  backend: V3Backend,
  id: string,
  attempted: string,
  context: CallContext,
): Promise<Deleted> {
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

/** True when GET says so; waits as long as the VM shows that it is being deleted. */
async function isGone(
  backend: V3Backend,
  id: string,
  attempted: string,
  context: CallContext,
): Promise<boolean> {
  const probe = async (attempt: number): Promise<Probed<boolean>> => {
    const vm = await readVm(backend, id, attempted, context);
    if (vm === undefined) return { ready: true, value: true };
    const deleting = vm.status?.state === 'DELETE_PENDING' || vm.status?.resources === undefined;
    return !deleting && attempt >= LAGGING_GETS ? { ready: true, value: false } : { ready: false };
  };
  return await poll(probe, pollOptions(backend, attempted, context));
}

function pollOptions(
  { api, clock, random }: V3Backend,
  attempted: string,
  { signal }: CallContext,
): PollOptions {
  const pending: Pending = {
    waitedFor: `${api.server} to have deleted it`,
    lastSeen: 'the VM is still there',
    advice: 'Look at the VM in Prism Central.',
  };
  return {
    clock,
    signal,
    delays: backoff({ first: 200, growth: 1.5, longest: 3_000, jitter: { share: 0.1, random } }),
    interrupted: () => abortError(signal, attempted, pending),
  };
}

function stillThere(attempted: string): OperationError {
  return new OperationError({
    code: 'conflict',
    attempted,
    problem: 'the VM is still there after every delete',
    advice: 'See the tasks of this VM in Prism Central.',
  });
}
