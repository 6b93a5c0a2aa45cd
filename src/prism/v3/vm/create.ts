import type { CallContext, CreationToken, VmId, VmSpec } from '../../../provider/index.js';
import { OperationError } from '../../../support/index.js';
import { mayHaveHappened } from '../../http/index.js';
import type { V3Backend } from '../backend.js';
import { parseCreationToken } from '../../shared/index.js';
import { taskError } from '../task/task.js';
import { waitForTask } from '../task/wait-for-task.js';
import { accepted, acceptedTask, acceptedUuid } from '../task/task-of-answer.js';
import { createBody } from './body.js';
import { confirmByTag, confirmByUuid } from './confirm-created.js';

/** After a lost answer the VM is read, and only then is the same reserved UUID sent again. */
const ROUNDS = 3;

/** Makes the VM; repeating it with the same token never makes a second one. */
export async function createVm(
  backend: V3Backend,
  token: CreationToken,
  spec: VmSpec,
  context: CallContext,
): Promise<VmId> {
  const identity = parseCreationToken(token);
  const { product, origin, group } = backend;
  if (identity.kind === 'reserved') {
    const { vmId } = identity;
    const body = createBody({ spec, product, origin, group, token, vmId });
    return await createReserved(backend, spec.name, vmId, body, context);
  }
  const body = createBody({ spec, product, origin, group, token });
  return await createTagged(backend, spec.name, token, body, context);
}

/**
 * Whatever goes wrong, the reserved UUID tells afterwards whether the VM was made: a lost answer, an earlier
 * create with this token, a repeated request that was refused because the first one had arrived.
 */
async function createReserved(
  backend: V3Backend,
  name: string,
  vmId: string,
  body: object,
  context: CallContext,
): Promise<VmId> {
  const attempted = `create VM "${name}" (${vmId})`;
  for (let round = 1; ; round += 1) {
    try {
      return await postAndWait(backend, attempted, body, vmId, context);
    } catch (error) {
      const failed = OperationError.from(error, attempted);
      if (context.signal.aborted) throw failed;
      if (await confirmByUuid(backend, vmId, failed.taskId, attempted, context)) return vmId;
      if (round === ROUNDS || !mayHaveHappened(failed)) throw failed;
      context.progress(`${failed.problem}; nothing was made, asking again with the same identity`);
    }
  }
}

/** Without a reservation a request must never be repeated; a lost answer is resolved by the ownership tag alone. */
async function createTagged(
  backend: V3Backend,
  name: string,
  token: CreationToken,
  body: object,
  context: CallContext,
): Promise<VmId> {
  const attempted = `create VM "${name}"`;
  const earlier = await confirmByTag(backend, name, token, 1, context);
  if (earlier !== undefined) return earlier;
  try {
    return await postAndWait(backend, attempted, body, undefined, context);
  } catch (error) {
    if (context.signal.aborted || !mayHaveHappened(error)) throw error;
    context.progress(`${attempted}: the answer was lost; looking for the VM by its ownership tag`);
    const made = await confirmByTag(backend, name, token, 10, context);
    if (made === undefined) throw error;
    return made;
  }
}

async function postAndWait(
  backend: V3Backend,
  attempted: string,
  body: object,
  reservedId: string | undefined,
  context: CallContext,
): Promise<VmId> {
  const { signal } = context;
  const request = { method: 'POST', path: 'vms', body, answer: accepted } as const;
  const answer = await backend.api.send(request, { attempted, signal });
  const taskId = acceptedTask(answer, attempted);
  const vmId = reservedId ?? acceptedUuid(answer);
  if (vmId === undefined) {
    const problem = 'Prism Central accepted the create but did not say which VM it makes';
    throw new OperationError({ code: 'unexpected-response', attempted, problem, taskId });
  }
  // Stays known when the wait is given up: a removal of the VM then has to wait for this task's end.
  backend.creating.set(vmId, taskId);
  const end = await waitForTask(backend, taskId, attempted, context);
  backend.creating.delete(vmId);
  if (end.kind !== 'succeeded') throw taskError(end, attempted);
  return vmId;
}
