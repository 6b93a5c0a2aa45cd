import type { CallContext, CreationToken } from '../../../provider/index.js';
import { unlessCode } from '../../../support/index.js';
import type { V3Backend } from '../backend.js';
import { descriptionOf, entityName, entityUuid } from '../envelope.js';
import { hasTag } from '../../shared/index.js';
import { listNamed } from '../list.js';
import { runningVmTasks, vmIdsOf } from '../task/running-tasks.js';
import { readVm } from './read.js';

/** VMs of one name with one ownership tag. `complete` is false when a create under way may have been overlooked. */
export interface TaggedVms {
  readonly ids: readonly string[];
  readonly complete: boolean;
}

/**
 * The VMs that were made with this token, for servers without reservations: of exactly the name, and with the
 * tag. Lists leave out VMs whose creation is under way (reference 2.7), so unfinished tasks are read too.
 */
export async function findTagged(
  backend: V3Backend,
  name: string,
  token: CreationToken,
  context: CallContext,
): Promise<TaggedVms> {
  const attempted = `look for VM "${name}" by its ownership tag`;
  const listed = await listNamed(backend.api, 'vm', name, { attempted, signal: context.signal });
  const { tasks, complete } = await runningVmTasks(backend, context);
  const listedIds = new Set(listed.flatMap((one) => entityUuid(one) ?? []));
  const underWay = [...new Set(tasks.flatMap(vmIdsOf))].filter((id) => !listedIds.has(id));
  // Another user's VM is not ours either.
  const visible = (id: string) => unlessCode(readVm(backend, id, attempted, context), 'permission-denied');
  const fresh = await Promise.all(underWay.map(visible));
  const ours = [...listed, ...fresh].filter(
    (one) =>
      one !== undefined && entityName(one) === name && hasTag(descriptionOf(one), backend.product, token),
  );
  return { ids: ours.flatMap((one) => (one === undefined ? [] : (entityUuid(one) ?? []))), complete };
}
