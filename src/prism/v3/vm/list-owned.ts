import type { CallContext, OwnedVm } from '../../../provider/index.js';
import type { V3Backend } from '../backend.js';
import { entityName, entityUuid, type Entity } from '../envelope.js';
import { machineNameIn } from '../identity/reservation.js';
import { tagOn } from '../identity/ownership-tag.js';
import { listAll } from '../list.js';
import { readVm } from './read.js';
import { vmPowerOf } from './view.js';

/**
 * Every VM with our ownership tag. Descriptions cannot be filtered by, so all VMs are read. A tag without a reserved
 * UUID does not say which of two VMs is the one that was made: then neither is genuine.
 */
export async function listOwned(
  { api, product }: V3Backend,
  { signal }: CallContext,
): Promise<readonly OwnedVm[]> {
  const listed = await listAll(api, 'vm', undefined, {
    attempted: 'list the VMs with our ownership tag',
    signal,
  });
  const tagged = listed.flatMap((one) => ownedFrom(one, product) ?? []);
  const carriers = new Map<string, number>();
  for (const { creationToken } of tagged) carriers.set(creationToken, (carriers.get(creationToken) ?? 0) + 1);
  return tagged.map(({ idInTag, ...vm }) => ({
    ...vm,
    genuine: idInTag === undefined ? carriers.get(vm.creationToken) === 1 : idInTag === vm.id.toLowerCase(),
  }));
}

/** One VM as it is now; where its tag alone does not tell a copy from the original, the others are read too. */
export async function readOwned(
  backend: V3Backend,
  id: string,
  context: CallContext,
): Promise<OwnedVm | undefined> {
  const found = await readVm(backend, id, `read the ownership tag of VM ${id}`, context);
  const tagged = found === undefined ? undefined : ownedFrom(found, backend.product);
  if (tagged === undefined) return undefined;
  const { idInTag, ...vm } = tagged;
  if (idInTag !== undefined) return { ...vm, genuine: idInTag === vm.id.toLowerCase() };
  const everyone = await listOwned(backend, context);
  return everyone.find((one) => one.id === vm.id);
}

type TaggedVm = Omit<OwnedVm, 'genuine'> & { readonly idInTag: string | undefined };

function ownedFrom(found: Entity, product: string): TaggedVm | undefined {
  const id = entityUuid(found);
  const tag = tagOn(found, product);
  if (id === undefined || tag === undefined) return undefined;
  const { creationToken, identity, origin } = tag;
  const reserved = identity.kind === 'reserved' ? identity : undefined;
  return {
    id,
    name: entityName(found) ?? '',
    power: vmPowerOf(found),
    creationToken,
    machineName: reserved === undefined ? undefined : machineNameIn(reserved.clientIdentifier, product),
    origin,
    account: found.metadata?.owner_reference?.name,
    madeAt: dateOf(found.metadata?.creation_time),
    idInTag: reserved?.vmId,
  };
}

function dateOf(text: string | undefined): Date | undefined {
  const date = new Date(text ?? '');
  return Number.isNaN(date.getTime()) ? undefined : date;
}
