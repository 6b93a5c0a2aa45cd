import type { CallContext, Vm, VmIdentity } from '../../../provider/index.js';
import type { V3Backend } from '../backend.js';
import { parseCreationToken, type VmReader, type WantedRead } from '../../shared/index.js';
import { entityUuid } from '../envelope.js';
import { listAll, namesFilter } from '../list.js';
import { findTagged } from './find-tagged.js';
import { pendingTasks } from './pending-create.js';
import { readVm } from './read.js';
import { sizeFrom } from './size.js';
import { vmFrom } from './view.js';

/** A list takes as long as a read (reference: 0.52 s and 0.45 s). */
const WORTH_A_LIST = 4;

/** The VM; one request as long as it exists or was known to exist. */
export async function findVm(
  backend: V3Backend,
  wanted: VmIdentity,
  context: CallContext,
): Promise<Vm | undefined> {
  const { name, vmId } = wanted;
  const id = vmId ?? (await idByToken(backend, wanted, context));
  if (id === undefined) return undefined;
  const found = await read(backend, { id, name }, context);
  if (found !== undefined) return found;
  // A VM whose id came from a finished create is gone. One that is only planned may be on its way.
  if (vmId !== undefined) return undefined;
  const { taskIds } = await pendingTasks(backend, id, context);
  return taskIds.length > 0 ? beingCreated(id, name) : undefined;
}

/** With the reads of other sessions, unless the VM is being made by this one. */
async function read(backend: V3Backend, asked: WantedRead, context: CallContext): Promise<Vm | undefined> {
  const { id, name } = asked;
  const attempted = `look up VM "${name}" (${id})`;
  const one: VmReader['one'] = async (signal) => {
    const found = await readVm(backend, id, attempted, { ...context, signal });
    return found === undefined ? undefined : vmFrom(found, id, backend.creating.has(id));
  };
  const many: VmReader['many'] = async (wanted, signal) => {
    const filters = namesFilter(wanted.map((vm) => vm.name));
    const attempt = { attempted: 'list VMs', signal };
    const lists = filters.map(async (filter) => await listAll(backend.api, 'vm', filter, attempt));
    const listed = (await Promise.all(lists)).flat();
    return new Map(
      listed.flatMap((entity): [string, Vm][] => {
        const uuid = entityUuid(entity);
        return uuid === undefined ? [] : [[uuid, vmFrom(entity, uuid, false)]];
      }),
    );
  };
  if (backend.readsFor === undefined || backend.creating.has(id)) return await one(context.signal);
  return await backend.readsFor('v3').read(asked, { one, many, worthAList: WORTH_A_LIST }, context.signal);
}

/** The id that a VM's creation token leads to: reserved, or found by its ownership tag. */
async function idByToken(
  backend: V3Backend,
  { name, creationToken: token }: VmIdentity,
  context: CallContext,
): Promise<string | undefined> {
  if (token === undefined) return undefined;
  const identity = parseCreationToken(token);
  if (identity.kind === 'reserved') return identity.vmId;
  const { ids } = await findTagged(backend, name, token, context);
  return ids[0];
}

function beingCreated(id: string, name: string): Vm {
  return { id, name, lifecycle: 'creating', power: 'unknown', nics: [], size: sizeFrom(undefined) };
}
