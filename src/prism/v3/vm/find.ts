import type { CallContext, Vm, VmTrace } from '../../../provider/index.js';
import type { V3Backend } from '../backend.js';
import { parseCreationToken } from '../identity/creation-token.js';
import { findTagged } from './find-tagged.js';
import { pendingTasks } from './pending-create.js';
import { readVm } from './read.js';
import { sizeFrom } from './size.js';
import { vmFrom } from './view.js';

/** The VM; one request as long as it exists or was known to exist. */
export async function findVm(
  backend: V3Backend,
  trace: VmTrace,
  context: CallContext,
): Promise<Vm | undefined> {
  const id = await idOf(backend, trace, context);
  if (id === undefined) return undefined;
  const found = await readVm(backend, id, `look up VM "${trace.name}" (${id})`, context);
  if (found !== undefined) return vmFrom(found, id, backend.creating.has(id));
  // A VM whose id came from a finished create is gone. One that is only planned may be on its way.
  if (trace.vmId !== undefined) return undefined;
  const { taskIds } = await pendingTasks(backend, id, context);
  return taskIds.length > 0 ? beingCreated(id, trace.name) : undefined;
}

/** The id that a trace leads to: known, reserved, or found by its ownership tag. */
async function idOf(backend: V3Backend, trace: VmTrace, context: CallContext): Promise<string | undefined> {
  if (trace.vmId !== undefined) return trace.vmId;
  if (trace.creationToken === undefined) return undefined;
  const identity = parseCreationToken(trace.creationToken);
  if (identity.kind === 'reserved') return identity.vmId;
  const { ids } = await findTagged(backend, trace.name, trace.creationToken, context);
  return ids[0];
}

function beingCreated(id: string, name: string): Vm {
  return { id, name, lifecycle: 'creating', power: 'unknown', nics: [], size: sizeFrom(undefined) };
}
