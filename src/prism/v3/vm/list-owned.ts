import type { Category } from '../../../provider/index.js';
import { unlessCode } from '../../../support/index.js';
import { dateFrom, inventoryOf, type Attempt, type SeenVm } from '../../shared/index.js';
import type { V3Backend } from '../backend.js';
import { categoriesOf, descriptionOf, entityName, entityUuid, type Entity } from '../envelope.js';
import { beginningFilter, listAll } from '../list.js';
import { readVm } from './read.js';
import { vmPowerOf } from './view.js';

/** Descriptions cannot be filtered by, so all VMs of the wanted names are read; categories come with each (recorded ListVM). */
export const { listCategorized, listOwned, readOwned } = inventoryOf<V3Backend>({
  all: async (backend, { namePrefix }, attempted, { signal }) =>
    (await listBeginning(backend, namePrefix, { attempted, signal })).map(seenFrom),
  one: async (...call) => {
    const found = await readVm(...call);
    return found === undefined ? undefined : seenFrom(found);
  },
  labelOf,
});

/** A key has no colon where it is made by this program. */
function labelOf({ key, value }: Category): string {
  return `${key}:${value}`;
}

/**
 * The VMs whose names begin with a text, and others where the server cannot look for them. Public clients write patterns
 * into this filter, but no document promises that they are read as such (reference 3.3): a server that took one for an
 * exact name would show an empty list. So as long as no pattern has led to a VM, an empty list is not believed.
 */
async function listBeginning(
  { api, namePatterns }: V3Backend,
  beginning: string | undefined,
  attempt: Attempt,
): Promise<readonly Entity[]> {
  const everyone = async (): Promise<readonly Entity[]> => await listAll(api, 'vm', undefined, attempt);
  const filter = beginning === undefined ? undefined : beginningFilter(beginning);
  if (beginning === undefined || filter === undefined || namePatterns.areRead === false)
    return await everyone();
  const begins = (one: Entity): boolean => entityName(one)?.startsWith(beginning) ?? false;
  const filtered = async (): Promise<readonly Entity[]> => {
    const listed = await unlessCode(listAll(api, 'vm', filter, attempt), 'invalid-input', 'unsupported');
    return (listed ?? []).filter(begins);
  };
  const found = await filtered();
  if (found.length > 0) namePatterns.areRead = true;
  if (namePatterns.areRead === true) return found;
  const all = (await everyone()).filter(begins);
  // One that was made between the two lists says nothing about patterns.
  if (all.length > 0) namePatterns.areRead = (await filtered()).length > 0;
  return all;
}

function seenFrom(found: Entity): SeenVm {
  return {
    id: entityUuid(found),
    name: entityName(found) ?? '',
    power: vmPowerOf(found),
    description: descriptionOf(found),
    account: found.metadata?.owner_reference?.name,
    madeAt: dateFrom(found.metadata?.creation_time),
    labels: categoriesOf(found).map(labelOf),
  };
}
