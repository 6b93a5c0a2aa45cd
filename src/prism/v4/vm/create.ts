import { randomUUID } from 'node:crypto';
import type { CallContext, CreationToken, VmId, VmSpec } from '../../../provider/index.js';
import { OperationError, poll, type Probed } from '../../../support/index.js';
import { formatCreationToken, parseCreationToken, requestIdOf, type Identity } from '../../shared/index.js';
import type { V4Backend } from '../backend.js';
import { categoryIds } from '../lookup/category.js';
import { waitForRunningTasks } from '../task/running-tasks.js';
import { taskError, taskReference, vmIdsIn, type EndedTask } from '../task/task.js';
import { waitForTask } from '../task/wait-for-task.js';
import { createBody } from './body.js';
import { findTagged } from './find-tagged.js';
import { powerOnFresh } from './power.js';
import { vmAt, VMS } from './vm.js';
import { findEntity } from '../read-entity.js';

/** Times that a list is read until it shows a VM that was just made, and the pause between them, ms. */
const LIST_READS = 5;
const LIST_PAUSE_MS = 1_000;

/** The id of the request that will make the VM. Nothing is sent: the server knows of it when it has the request. */
export async function issueToken(): Promise<CreationToken> {
  await Promise.resolve();
  return formatCreationToken({ kind: 'requested', requestId: randomUUID() });
}

/**
 * Makes the VM under the request id of its token, then powers it on: a create cannot (recorded-v4 C3). The server
 * answers a repeated request with the task of the first one (recorded-v4 A1), as long as it keeps that task: for an hour
 * at least (reference v4 2.2).
 */
export async function createVm(
  backend: V4Backend,
  token: CreationToken,
  spec: VmSpec,
  context: CallContext,
): Promise<VmId> {
  const attempted = `create VM "${spec.name}"`;
  const identity = parseCreationToken(token);
  const earlier = await madeThroughV3(backend, identity, spec.name, token, context);
  const vmId = earlier ?? (await makeVm(backend, requestIdOf(identity), token, spec, context));
  await powerOnFresh(backend, vmId, `${attempted} (${vmId}), power it on`, context);
  return vmId;
}

/** The VM of a create that began while API v3 was still there, and may be under way; undefined = none. */
async function madeThroughV3(
  backend: V4Backend,
  identity: Identity,
  name: string,
  token: CreationToken,
  context: CallContext,
): Promise<VmId | undefined> {
  if (identity.kind === 'requested') return undefined;
  if (identity.kind === 'tagged') return (await findTagged(backend, name, token, context))[0];
  const attempted = `create VM "${name}"`;
  const { vmId } = identity;
  const isThere = async (): Promise<boolean> =>
    (await findEntity(backend, vmAt(vmId), attempted, context)) !== undefined;
  if (await isThere()) return vmId;
  const wasUnderWay = await waitForRunningTasks(backend, vmId, attempted, context);
  return wasUnderWay && (await isThere()) ? vmId : undefined;
}

async function makeVm(
  backend: V4Backend,
  requestId: string,
  token: CreationToken,
  spec: VmSpec,
  context: CallContext,
): Promise<VmId> {
  const { api, product, origin, group } = backend;
  const attempted = `create VM "${spec.name}"`;
  const ids = await categoryIds(api, spec.placement.categories, context);
  const bodyFor = (version: string): object =>
    createBody({
      spec,
      product,
      origin,
      group,
      token,
      requestId,
      categoryIds: ids,
      isFrom41: version !== '4.0',
    });
  const over = await orderVm(backend, requestId, bodyFor, attempted, context);
  const candidates = over.seen === undefined ? [] : vmIdsIn(over.seen);
  const [made] = candidates;
  if (over.end.kind === 'succeeded' && made !== undefined) return made;
  // A late step may have failed, and then there is a VM (reference v4 4.3): a removal finds it by the same task.
  if (over.end.kind === 'failed') throw taskError(over, attempted);
  return await madeByTag(backend, spec.name, token, over, context);
}

/**
 * Sends a create and waits for its task. A lost answer is repaired by sending the identical request again, which the
 * transport does. Its task stays known to this process: a removal needs it when the wait was given up. `bodyFor`: the
 * body in the form of a version of vmm.
 */
export async function orderVm(
  backend: V4Backend,
  requestId: string,
  bodyFor: (version: string) => object,
  attempted: string,
  context: CallContext,
): Promise<EndedTask> {
  const create = { namespace: 'vmm', method: 'POST', path: VMS, bodyFor, answer: taskReference } as const;
  const { data } = await backend.api.send(
    { ...create, requestId, repeatable: true },
    { attempted, signal: context.signal },
  );
  const known = { taskId: data.extId, isOver: false };
  backend.creates.set(requestId, known);
  const over = await waitForTask(backend, known.taskId, attempted, context);
  known.isOver = true;
  return over;
}

/** The server has forgotten the task, or does not say what it made: the ownership tag tells. */
async function madeByTag(
  backend: V4Backend,
  name: string,
  token: CreationToken,
  over: EndedTask,
  context: CallContext,
): Promise<VmId> {
  const attempted = `create VM "${name}"`;
  const probe = async (attempt: number): Promise<Probed<VmId | undefined>> => {
    const [id] = await findTagged(backend, name, token, context);
    return id === undefined && attempt < LIST_READS ? { ready: false } : { ready: true, value: id };
  };
  const id = await poll(probe, { clock: backend.clock, signal: context.signal, delays: () => LIST_PAUSE_MS });
  if (id !== undefined) return id;
  if (over.end.kind !== 'succeeded') throw taskError(over, attempted);
  const problem = 'Prism Central says that the VM was made, but not which one, and lists none';
  throw new OperationError({ code: 'unexpected-response', attempted, problem, taskId: over.end.taskId });
}
