import type { CallContext, OwnedVm } from '../../../provider/index.js';
import { dateFrom, ownedAlone, ownedAmong, type SeenVm } from '../../shared/index.js';
import type { V3Backend } from '../backend.js';
import { descriptionOf, entityName, entityUuid, type Entity } from '../envelope.js';
import { listAll } from '../list.js';
import { readVm } from './read.js';
import { vmPowerOf } from './view.js';

/** Every VM with our ownership tag. Descriptions cannot be filtered by, so all VMs are read. */
export async function listOwned(
  { api, product }: V3Backend,
  { signal }: CallContext,
): Promise<readonly OwnedVm[]> {
  const attempted = 'list the VMs with our ownership tag';
  const listed = await listAll(api, 'vm', undefined, { attempted, signal });
  return ownedAmong(listed.map(seenFrom), product);
}

export async function readOwned(
  backend: V3Backend,
  id: string,
  context: CallContext,
): Promise<OwnedVm | undefined> {
  const found = await readVm(backend, id, `read the ownership tag of VM ${id}`, context);
  const seen = found === undefined ? undefined : seenFrom(found);
  return await ownedAlone(seen, backend.product, async () => await listOwned(backend, context));
}

function seenFrom(found: Entity): SeenVm {
  return {
    id: entityUuid(found),
    name: entityName(found) ?? '',
    power: vmPowerOf(found),
    description: descriptionOf(found),
    account: found.metadata?.owner_reference?.name,
    madeAt: dateFrom(found.metadata?.creation_time),
  };
}
