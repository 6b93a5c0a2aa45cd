import { randomUUID } from 'node:crypto';
import type { CallContext, CreationToken, VmId } from '../../../provider/index.js';
import { hasCode, OperationError } from '../../../support/index.js';
import { mayHaveHappened } from '../../http/index.js';
import { deleteUntilGone, hasTag, type DeleteEnd } from '../../shared/index.js';
import type { V4Backend } from '../backend.js';
import { findEntity, ifReadable, type ReadEntity } from '../read-entity.js';
import { waitForRunningTasks } from '../task/running-tasks.js';
import { taskError, taskReference } from '../task/task.js';
import { waitForTask } from '../task/wait-for-task.js';
import { volumeGroupsOf } from './view.js';
import { type V4Vm, vmAt, vmPath } from './vm.js';

export interface VmToDelete {
  readonly id: VmId;
  readonly name: string;
}

/**
 * Deletes one VM and resolves when it is truly gone; a VM that is not there is success. None comes later: the id of a VM is
 * only known when its create has ended.
 */
export async function deleteVm(backend: V4Backend, vm: VmToDelete, context: CallContext): Promise<void> {
  await deleteUntilGone({ backend, vm, deleteOnce, probe }, context);
}

async function probe(
  backend: V4Backend,
  id: VmId,
  ...call: readonly [attempted: string, context: CallContext]
): Promise<'gone' | 'there'> {
  return (await findEntity(backend, vmAt(id), ...call)) === undefined ? 'gone' : 'there';
}

/** Deletes a VM that a task of ours names, if it is there and carries our ownership tag. True = it was. */
export async function deleteIfOurs(
  backend: V4Backend,
  { token, ...vm }: VmToDelete & { readonly token: CreationToken },
  context: CallContext,
): Promise<boolean> {
  const attempted = `delete VM "${vm.name}" (${vm.id})`;
  const read = await findEntity(backend, vmAt(vm.id), attempted, context);
  if (read === undefined) return false;
  if (!hasTag(read.entity.description, backend.product, token)) {
    backend.logger.warn(
      `VM "${read.entity.name ?? ''}" (${vm.id}) is left alone: it has not our ownership tag.`,
    );
    return false;
  }
  await deleteVm(backend, vm, context);
  return true;
}

/**
 * One DELETE to its end, with the ETag of the VM as it is now. A conflict means that something is under way with the VM,
 * which is waited for; an answer that was lost leads back to reading, too.
 */
async function deleteOnce(
  backend: V4Backend,
  id: string,
  attempted: string,
  context: CallContext,
): Promise<DeleteEnd> {
  try {
    const read = await findEntity(backend, vmAt(id), attempted, context);
    if (read === undefined) return { kind: 'missing' };
    const etag = await detachVolumeGroups(backend, id, read, attempted, context);
    const request = { namespace: 'vmm', method: 'DELETE', path: vmPath(id), answer: taskReference } as const;
    const { data } = await backend.api.send(
      { ...request, ifMatch: etag, requestId: randomUUID() },
      { attempted, signal: context.signal },
    );
    // The server has accepted the delete: where this account may not read tasks, its end is not known.
    const over = await ifReadable(backend, waitForTask(backend, data.extId, attempted, context), context);
    if (over?.end.kind !== 'failed') return { kind: 'deleted' };
    throw taskError(over, attempted);
  } catch (error) {
    if (context.signal.aborted) throw error;
    // Another client may have deleted the VM at the same time. But what is missing may also be a volume group, or the VM
    // only for an action just after its create (reference v4 3.3): a read of the VM tells.
    const mayBeGone = hasCode(error, 'not-found', 'task-failed');
    if (mayBeGone && (await findEntity(backend, vmAt(id), attempted, context)) === undefined)
      return { kind: 'missing' };
    if (hasCode(error, 'conflict', 'not-found') || mayHaveHappened(error)) {
      await waitForRunningTasks(backend, id, attempted, context);
      return { kind: 'conflict', error: OperationError.from(error, attempted) };
    }
    throw error;
  }
}

/**
 * A volume group blocks the delete of a VM that it is attached to (reference v4 3.5). It is detached, so that the VM can
 * go and the volume group stays with all its data. Returns the VM's ETag after that.
 */
async function detachVolumeGroups(
  backend: V4Backend,
  id: string,
  read: ReadEntity<V4Vm>,
  attempted: string,
  context: CallContext,
): Promise<string | undefined> {
  const attached = volumeGroupsOf(read.entity);
  for (const group of attached) {
    const detaching = `${attempted}, detach volume group ${group} from it`;
    context.progress(`${detaching}; its data stays`);
    const path = `/config/volume-groups/${encodeURIComponent(group)}/$actions/detach-vm`;
    const request = { namespace: 'volumes', method: 'POST', path, answer: taskReference } as const;
    const { data } = await backend.api
      .send(
        { ...request, body: { extId: id }, requestId: randomUUID() },
        { attempted: detaching, signal: context.signal },
      )
      .catch((error: unknown) => {
        const advice = 'Detach the volume group from the VM in Prism Central, then repeat the command.';
        throw hasCode(error, 'unsupported') && error.advice === undefined
          ? error.with({ advice, cause: error.cause })
          : error;
      });
    const over = await waitForTask(backend, data.extId, detaching, context);
    if (over.end.kind === 'failed') throw taskError(over, detaching);
  }
  if (attached.length === 0) return read.etag;
  return (await findEntity(backend, vmAt(id), attempted, context))?.etag;
}
