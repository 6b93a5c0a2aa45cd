import type { CallContext, Category, VolumeId } from '../../../provider/index.js';
import { OperationError } from '../../../support/index.js';
import { odataText } from '../api.js';
import type { V4Backend } from '../backend.js';
import { changeEntity } from '../change.js';
import { ensureCategory } from '../categories.js';
import { categoryWith, listCategories, type V4Category } from '../lookup/category.js';
import { ifReadable } from '../read-entity.js';
import { groupPath } from './group.js';
import { listGroups } from './list.js';

/** Ids that one `$filter` names: with more the address would become too long for gateways. */
const IDS_AT_ONCE = 20;

/** The categories of a group, `key:value`; undefined where the account may not read them. */
export async function categoriesOf(
  backend: V4Backend,
  id: VolumeId,
  attempted: string,
  context: CallContext,
): Promise<readonly string[] | undefined> {
  const read = categoryIdsOf(backend, id, attempted, context).then(
    async (ids) => await withIds(backend, ids, attempted, context),
  );
  const found = await ifReadable(backend, read, context);
  return found?.map(({ key, value }) => `${key}:${value}`).toSorted();
}

/** Adds and takes away categories. One to be added that does not exist is made; one to be taken away is not looked for. */
export async function changeCategories(
  backend: V4Backend,
  id: VolumeId,
  { add = [], remove = [] }: { readonly add?: readonly string[]; readonly remove?: readonly string[] },
  context: CallContext,
): Promise<void> {
  const attempted = `change the categories of volume group ${id}`;
  const [added, removed] = [pairsOf(add, attempted), pairsOf(remove, attempted)];
  const addedIds: string[] = [];
  for (const pair of added) addedIds.push((await ensureCategory(backend, pair, context)).id);
  const attempt = { attempted, signal: context.signal };
  const known = await Promise.all(removed.map((pair) => categoryWith(backend.api, pair, attempt)));
  const removedIds = known.flatMap((one) => one?.extId ?? []);
  await associate(backend, id, 'associate', addedIds, attempted, context);
  await associate(backend, id, 'disassociate', removedIds, attempted, context);
}

async function associate(
  backend: V4Backend,
  id: VolumeId,
  action: 'associate' | 'disassociate',
  ids: readonly string[],
  attempted: string,
  context: CallContext,
): Promise<void> {
  if (ids.length === 0) return;
  const isWanted = action === 'associate';
  const change = {
    attempted,
    entity: 'the volume group',
    read: async () => await categoryIdsOf(backend, id, attempted, context),
    isDone: (now: readonly string[]) => ids.every((one) => now.includes(one) === isWanted),
    request: () =>
      ({
        namespace: 'volumes',
        method: 'POST',
        path: `${groupPath(id)}/$actions/${action}-category`,
        body: { categories: ids.map((extId) => ({ entityType: 'CATEGORY', extId })) },
      }) as const,
  };
  await changeEntity(backend, change, context);
}

/** Only the list tells them in every version: a GET of one expands nothing before 4.2 (models of volumes 4.1, 4.2). */
async function categoryIdsOf(
  backend: V4Backend,
  id: VolumeId,
  attempted: string,
  context: CallContext,
): Promise<readonly string[]> {
  const [group] = await listGroups(backend, { id }, attempted, context, 'metadata');
  const told = group?.volumeGroupMetadataProjection ?? group?.metadata;
  return told?.categoryIds ?? [];
}

async function withIds(
  { api }: V4Backend,
  ids: readonly string[],
  attempted: string,
  { signal }: CallContext,
): Promise<readonly V4Category[]> {
  const found: V4Category[] = [];
  for (let start = 0; start < ids.length; start += IDS_AT_ONCE) {
    const some = ids.slice(start, start + IDS_AT_ONCE);
    const filter = some.map((one) => `extId eq ${odataText(one)}`).join(' or ');
    found.push(...(await listCategories(api, filter, { attempted, signal })));
  }
  return found.filter(({ extId }) => ids.includes(extId));
}

function pairsOf(texts: readonly string[], attempted: string): readonly Category[] {
  return texts.map((text) => {
    const colon = text.indexOf(':');
    if (colon > 0 && colon < text.length - 1) {
      return { key: text.slice(0, colon), value: text.slice(colon + 1) };
    }
    const problem = `"${text}" is no category; one is written key:value`;
    throw new OperationError({ code: 'invalid-input', attempted, problem });
  });
}
