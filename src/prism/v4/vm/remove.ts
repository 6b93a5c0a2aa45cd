import type { CallContext, CreationToken, VmIdentity } from '../../../provider/index.js';
import { backoff, hasCode, poll, type Probed } from '../../../support/index.js';
import { refusalBehind } from '../../http/index.js';
import { parseCreationToken, readCreationToken, requestIdOf, taggedDescription } from '../../shared/index.js';
import type { V4Backend } from '../backend.js';
import { findEntity } from '../read-entity.js';
import { waitForRunningTasks } from '../task/running-tasks.js';
import { taskError, vmIdsIn, type EndedTask } from '../task/task.js';
import { waitForTask } from '../task/wait-for-task.js';
import { orderVm } from './create.js';
import { deleteIfOurs, deleteVm } from './delete.js';
import { findTagged } from './find-tagged.js';
import { vmAt } from './vm.js';

/** Reads that a VM may need to be seen after its create has succeeded (reference v4 3.3). */
const EARLY_READS = 4;
/**
 * Where nothing could be learned of a create, it may still be under way, and then its VM is in no list yet: times that
 * the list is read, and the pause between them, ms.
 */
const BLIND_ROUNDS = 5;
const BLIND_PAUSE_MS = 5_000;
/**
 * How long a roll back waits for the create of its own process, ms: longer than any takes. During an outage the user is
 * not kept; the token is in the machine's configuration, and a later removal goes on with it.
 */
const OWN_CREATE_MS = 20_000;

/** Removes whatever a VM's identity leads to and waits until it is gone. */
export async function removeVm(backend: V4Backend, wanted: VmIdentity, context: CallContext): Promise<void> {
  const { name, vmId, creationToken: token } = wanted;
  if (vmId !== undefined) {
    await deleteVm(backend, { id: vmId, name }, context);
    // A create that API v3 began and v4 ended may have made two.
    const identity = token === undefined ? undefined : readCreationToken(token);
    if (identity?.kind === 'reserved' && identity.vmId !== vmId.toLowerCase()) {
      await removeReserved(backend, identity.vmId, name, context);
    }
  } else if (token !== undefined) {
    await removePlanned(backend, name, token, context);
  }
}

/**
 * The VM of a create whose end was not seen. It is looked for under the id that API v3 may have reserved, then
 * under the request id, then by its tag: the server may have forgotten the request id.
 */
async function removePlanned(
  backend: V4Backend,
  name: string,
  token: CreationToken,
  context: CallContext,
): Promise<void> {
  const identity = parseCreationToken(token);
  const requestId = requestIdOf(identity);
  const wasReserved =
    identity.kind === 'reserved' && (await removeReserved(backend, identity.vmId, name, context));
  // Where v3 has made the VM, there is nothing to learn of a create through v4, unless this process has begun one.
  const isSettled = wasReserved && !backend.creates.has(requestId);
  const over = isSettled ? 'not-asked' : await settleCreate(backend, requestId, name, token, context);
  if (typeof over === 'object' && (await removeCandidates(backend, over, name, token, context))) return;
  await removeTagged(backend, name, token, over === undefined ? BLIND_ROUNDS : 1, context);
}

/** Deletes the VMs that the task of a create names, as far as they are there and ours. True = there was one. */
async function removeCandidates(
  backend: V4Backend,
  over: EndedTask,
  name: string,
  token: CreationToken,
  context: CallContext,
): Promise<boolean> {
  const candidates = over.seen === undefined ? [] : vmIdsIn(over.seen);
  let isRemoved = false;
  for (const id of candidates) {
    // Also a failed create can leave a VM, and it may be seen late. Of our own claim there is none.
    if (!isOwnClaim(over)) await waitUntilSeen(backend, id, name, context);
    isRemoved = (await deleteIfOurs(backend, { id, name, token }, context)) || isRemoved;
  }
  return isRemoved;
}

/** Deletes the VMs of this name that carry the tag; looks so many times, until there is one. */
async function removeTagged(
  backend: V4Backend,
  name: string,
  token: CreationToken,
  rounds: number,
  context: CallContext,
): Promise<void> {
  const probe = async (attempt: number): Promise<Probed<void>> => {
    const ids = await findTagged(backend, name, token, context);
    for (const id of ids) {
      context.progress(`VM ${id} is named "${name}" and has the ownership tag of this host: deleting it`);
      await deleteVm(backend, { id, name }, context);
    }
    return ids.length > 0 || attempt >= rounds ? { ready: true, value: undefined } : { ready: false };
  };
  await poll(probe, { clock: backend.clock, signal: context.signal, delays: () => BLIND_PAUSE_MS });
}

/** True when there was a VM of the id that API v3 has reserved, or a task that was making it. */
async function removeReserved(
  backend: V4Backend,
  id: string,
  name: string,
  context: CallContext,
): Promise<boolean> {
  const attempted = `delete VM "${name}" (${id})`;
  const isThere =
    (await findEntity(backend, vmAt(id), attempted, context)) !== undefined ||
    (await waitForRunningTasks(backend, id, attempted, context));
  if (isThere) await deleteVm(backend, { id, name }, context);
  return isThere;
}

/**
 * Learns what became of the create with this request id, and makes sure that nothing can become of it any more: a
 * create is sent under the same id, which can only fail. If the first one had arrived, the answer is its task. If not,
 * the failed task takes the id, and a request that is still on its way will be answered with that (recorded-v4 C5).
 * undefined = the server does not let us; then nothing is known.
 */
async function settleCreate(
  backend: V4Backend,
  requestId: string,
  name: string,
  token: CreationToken,
  context: CallContext,
): Promise<EndedTask | undefined> {
  const attempted = `delete VM "${name}", find out what became of its create`;
  try {
    const known = backend.creates.get(requestId);
    if (known !== undefined) {
      const over = await waitForTask(backend, known.taskId, attempted, context, OWN_CREATE_MS);
      if (over.end.kind === 'unfinished') throw taskError(over, attempted);
      known.isOver = true;
      return over;
    }
    const body = bodyThatFails(backend.product, requestId, name, token);
    return await orderVm(backend, requestId, () => body, attempted, context);
  } catch (error) {
    if (context.signal.aborted || !hasCode(error, ...NOT_ALLOWED)) throw error;
    // A gateway's 404 says that this API is gone, and nothing of the create.
    if (refusalBehind(error)?.status === 404) throw error;
    backend.logger.debug(error.message);
    return undefined;
  }
}

const NOT_ALLOWED = ['permission-denied', 'invalid-input', 'unsupported'] as const;

/**
 * A create with a power state fails in its task (recorded-v4 C3), and so does one for a cluster that is none (reference
 * v4 2.4). Should a server make a VM of it all the same, the tag lets us find it.
 */
function bodyThatFails(product: string, requestId: string, name: string, token: CreationToken): object {
  const words = 'Never to be made: it takes the request id of a create that was given up.';
  return {
    name,
    description: taggedDescription(words, product, { creationToken: token }),
    cluster: { extId: requestId },
    powerState: 'ON',
  };
}

/** How a create fails that has a power state, or a cluster that is none (recorded-v4 C3, reference v4 2.4). */
const CLAIMED = ['VMM-30109', 'VMM-30106'];

function isOwnClaim({ end, seen }: EndedTask): boolean {
  const codes = (seen?.errorMessages ?? []).map((message) => message.code);
  return end.kind === 'failed' && CLAIMED.some((code) => codes.includes(code));
}

async function waitUntilSeen(
  backend: V4Backend,
  id: string,
  name: string,
  context: CallContext,
): Promise<void> {
  const attempted = `delete VM "${name}" (${id})`;
  const probe = async (attempt: number): Promise<Probed<void>> => {
    const isSeen = (await findEntity(backend, vmAt(id), attempted, context)) !== undefined;
    return isSeen || attempt === EARLY_READS ? { ready: true, value: undefined } : { ready: false };
  };
  const delays = backoff({ first: 250, growth: 2 });
  await poll(probe, { clock: backend.clock, signal: context.signal, delays });
}
