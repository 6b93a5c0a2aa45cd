import type { CallContext } from '../../../provider/index.js';
import { hasCode, OperationError } from '../../../support/index.js';
import { abortError } from '../../http/index.js';
import type { Backend } from '../backend.js';
import { isConflict, isEntityMissing, taskError } from '../task-end.js';
import { waitForTask } from '../task-waiter.js';
import { accepted, acceptedTask } from './accepted.js';
import { createUnderWay } from './late-create.js';
import { readVm, vmPath } from './read.js';

/** Deletes that may be needed: one in conflict is repeated, and so is one that a late create overtook. */
const ROUNDS = 8;
/** Looks that a VM may still answer after its delete succeeded, before it is deleted again. */
const LAGGING_LOOKS = 4;

export interface Doomed {
  readonly id: string;
  readonly name: string;
  /** A finished create is on record, so a VM that is not there is gone and not about to come. */
  readonly created: boolean;
}

/** Deletes one VM and resolves when it is truly gone; a VM that is not there is success. */
export async function deleteVm(backend: Backend, doomed: Doomed, context: CallContext): Promise<void> {
  const attempted = `delete VM "${doomed.name}" (${doomed.id})`;
  for (let round = 1; ; round += 1) {
    const result = await deleteOnce(backend, doomed.id, attempted, context);
    if (result.kind === 'deleted' && (await isGone(backend, doomed.id, attempted, context))) return;
    if (result.kind === 'missing' && !(await createUnderWay(backend, doomed, attempted, context))) return;
    if (round === ROUNDS) throw result.kind === 'conflict' ? result.error : stillThere(attempted);
    await pause(backend, round, attempted, context);
  }
}

type Deleted =
  { readonly kind: 'deleted' | 'missing' } | { readonly kind: 'conflict'; readonly error: OperationError };

/** One DELETE to its end. There are two ways of saying that there is no such VM, and two of a conflict. */
async function deleteOnce(
  backend: Backend,
  id: string,
  attempted: string,
  context: CallContext,
): Promise<Deleted> {
  try {
    const attempt = { attempted, signal: context.signal };
    const taskId = acceptedTask(await backend.api.delete(vmPath(id), accepted, attempt), attempted);
    const end = await waitForTask(backend, taskId, attempted, context);
    if (end.kind !== 'failed') return { kind: 'deleted' };
    if (isEntityMissing(end)) return { kind: 'missing' };
    const error = taskError(end, attempted);
    if (isConflict(end)) return { kind: 'conflict', error };
    // Someone else may have deleted it at the same time, whatever the task says.
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
  backend: Backend,
  id: string,
  attempted: string,
  context: CallContext,
): Promise<boolean> {
  for (let look = 1; ; look += 1) {
    const vm = await readVm(backend, id, attempted, context);
    if (vm === undefined) return true;
    const deleting = vm.status?.state === 'DELETE_PENDING' || vm.status?.resources === undefined;
    if (!deleting && look >= LAGGING_LOOKS) return false;
    await pause(backend, look, attempted, context);
  }
}

async function pause(
  { api, clock, random }: Backend,
  round: number,
  attempted: string,
  { signal }: CallContext,
): Promise<void> {
  const ms = Math.min(200 * 1.5 ** (round - 1), 3_000) * (0.9 + 0.2 * random());
  try {
    await clock.sleep(ms, signal);
  } catch {
    const waitedFor = `${api.server} to have deleted it`;
    const advice = 'Look at the VM in Prism Central.';
    throw abortError(signal, attempted, { waitedFor, lastSeen: 'the VM is still there', advice });
  }
}

function stillThere(attempted: string): OperationError {
  return new OperationError({
    code: 'conflict',
    attempted,
    problem: 'the VM is still there after every delete',
    advice: 'See the tasks of this VM in Prism Central.',
  });
}
