import { dateFrom, inventoryOf, type SeenVm } from '../../shared/index.js';
import type { V3Backend } from '../backend.js';
import { descriptionOf, entityName, entityUuid, type Entity } from '../envelope.js';
import { listAll } from '../list.js';
import { readVm } from './read.js';
import { vmPowerOf } from './view.js';

/** Descriptions cannot be filtered by, so all VMs are read. */
export const { listOwned, readOwned } = inventoryOf<V3Backend>({
  all: async ({ api }, attempted, { signal }) =>
    (await listAll(api, 'vm', undefined, { attempted, signal })).map(seenFrom),
  one: async (...call) => {
    const found = await readVm(...call);
    return found === undefined ? undefined : seenFrom(found);
  },
});

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
