import type { CallContext, Vm, VmIdentity } from '../../../provider/index.js';
import type { V3Backend } from '../backend.js';
import { parseCreationToken } from '../../shared/index.js';
import { findTagged } from './find-tagged.js';
import { pendingTasks } from './pending-create.js';
import { readVm } from './read.js';
import { sizeFrom } from './size.js';
import { vmFrom } from './view.js';

/** The VM; one request as long as it exists or was known to exist. */
export async function findVm(
  backend: V3Backend,
  wanted: VmIdentity,
  context: CallContext,
): Promise<Vm | undefined> {
  const id = await idOf(backend, wanted, context);
  if (id === undefined) return undefined;
  const found = await readVm(backend, id, `look up VM "${wanted.name}" (${id})`, context);
  if (found !== undefined) return vmFrom(found, id, backend.creating.has(id));
  // A VM whose id came from a finished create is gone. One that is only planned may be on its way.
  if (wanted.vmId !== undefined) return undefined;
  const { taskIds } = await pendingTasks(backend, id, context);
  return taskIds.length > 0 ? beingCreated(id, wanted.name) : undefined;
}

/** The id that a VM's identity leads to: known, reserved, or found by its ownership tag. */
async function idOf(
  backend: V3Backend,
  wanted: VmIdentity,
  context: CallContext,
): Promise<string | undefined> {
  if (wanted.vmId !== undefined) return wanted.vmId;
  if (wanted.creationToken === undefined) return undefined;
  const identity = parseCreationToken(wanted.creationToken);
  if (identity.kind === 'reserved') return identity.vmId;
  const { ids } = await findTagged(backend, wanted.name, wanted.creationToken, context);
  return ids[0];
}

function beingCreated(id: string, name: string): Vm {
  return { id, name, lifecycle: 'creating', power: 'unknown', nics: [], size: sizeFrom(undefined) };
}
