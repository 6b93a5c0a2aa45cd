import type { CallContext, MarkedVm } from '../../../provider/index.js';
import type { Backend } from '../backend.js';
import { nameOf, uuidOf, type Entity } from '../envelope.js';
import { machineNameIn } from '../identity/reservation.js';
import { marksOn } from '../identity/ownership-tag.js';
import { listAll } from '../list.js';
import { readVm } from './read.js';
import { powerStateOf } from './view.js';

/**
 * Every VM with our marks. Descriptions cannot be filtered by, so all VMs are read. Marks without a reserved
 * UUID do not say which of two VMs is the one that was made: then neither is genuine.
 */
export async function listMarked(
  { api, product }: Backend,
  { signal }: CallContext,
): Promise<readonly MarkedVm[]> {
  const listed = await listAll(api, 'vm', undefined, { attempted: 'list the VMs with our marks', signal });
  const marked = listed.flatMap((one) => markedFrom(one, product) ?? []);
  const bearers = new Map<string, number>();
  for (const { creationKey } of marked) bearers.set(creationKey, (bearers.get(creationKey) ?? 0) + 1);
  return marked.map(({ idInMarks, ...vm }) => ({
    ...vm,
    genuine: idInMarks === undefined ? bearers.get(vm.creationKey) === 1 : idInMarks === vm.id.toLowerCase(),
  }));
}

/** One VM as it is now; where its marks alone do not tell a copy from the original, the others are read too. */
export async function readMarked(
  backend: Backend,
  id: string,
  context: CallContext,
): Promise<MarkedVm | undefined> {
  const found = await readVm(backend, id, `look at the marks of VM ${id}`, context);
  const marked = found === undefined ? undefined : markedFrom(found, backend.product);
  if (marked === undefined) return undefined;
  const { idInMarks, ...vm } = marked;
  if (idInMarks !== undefined) return { ...vm, genuine: idInMarks === vm.id.toLowerCase() };
  const everyone = await listMarked(backend, context);
  return everyone.find((one) => one.id === vm.id);
}

type Bearer = Omit<MarkedVm, 'genuine'> & { readonly idInMarks: string | undefined };

function markedFrom(found: Entity, product: string): Bearer | undefined {
  const id = uuidOf(found);
  const marks = marksOn(found, product);
  if (id === undefined || marks === undefined) return undefined;
  const { creationKey, identity, origin } = marks;
  const reserved = identity.kind === 'reserved' ? identity : undefined;
  return {
    id,
    name: nameOf(found) ?? '',
    power: powerStateOf(found),
    creationKey,
    machineName: reserved === undefined ? undefined : machineNameIn(reserved.clientIdentifier, product),
    origin,
    account: found.metadata?.owner_reference?.name,
    madeAt: dateOf(found.metadata?.creation_time),
    idInMarks: reserved?.vmId,
  };
}

function dateOf(text: string | undefined): Date | undefined {
  const date = new Date(text ?? '');
  return Number.isNaN(date.getTime()) ? undefined : date;
}
