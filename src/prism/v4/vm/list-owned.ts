import { dateFrom, inventoryOf, type SeenVm } from '../../shared/index.js';
import { odataText } from '../api.js';
import type { V4Backend } from '../backend.js';
import { listAll } from '../list.js';
import { isIdentified } from '../lookup/category.js';
import { findEntity } from '../read-entity.js';
import { powerOf } from './view.js';
import { type V4Vm, vm, vmAt, VMS } from './vm.js';

/** What is read of every VM, and with its categories. */
const FIELDS = 'extId,name,description,powerState,createTime,ownershipInfo';
const FIELDS_WITH_CATEGORIES = `${FIELDS},categories`;

/**
 * Neither a description nor a category can be filtered by (reference v4 2.7), so all VMs of the wanted names are read. They are asked for in one order, without which
 * pages may overlap; one that is on two pages all the same counts once, or it would pass for its own copy.
 */
export const { listCategorized, listOwned, readOwned } = inventoryOf<V4Backend>({
  all: async ({ api }, { namePrefix, hasLabels }, attempted, { signal }) => {
    const $filter = namePrefix === undefined ? undefined : `startswith(name,${odataText(namePrefix)})`;
    const $select = hasLabels ? FIELDS_WITH_CATEGORIES : FIELDS;
    const query = { $select, $orderby: 'name', $filter };
    const list = { namespace: 'vmm', path: VMS, query, item: vm } as const;
    const listed = await listAll(api, list, { attempted, signal });
    const once = new Map(listed.map((one) => [one.extId, one]));
    return [...once.values()].map(seenFrom);
  },
  one: async (backend, id, ...call) => {
    const read = await findEntity(backend, vmAt(id), ...call);
    return read === undefined ? undefined : seenFrom(read.entity);
  },
  labelOf: (category) => (isIdentified(category) ? category.id : undefined),
});

/** The owner is a user, whose name is told by few servers (recorded-v4 A1); else the user's id stands for it. */
function seenFrom(one: V4Vm): SeenVm {
  const owner = one.ownershipInfo?.owner;
  return {
    id: one.extId,
    name: one.name ?? '',
    power: powerOf(one),
    description: one.description,
    account: owner?.name ?? owner?.extId,
    madeAt: dateFrom(one.createTime),
    labels: one.categories?.flatMap(({ extId }) => extId ?? []),
  };
}
