import { z } from 'zod';
import type { CallContext, Category } from '../../../provider/index.js';
import { lookingUp, notFound, type Attempt, type Wanted } from '../../shared/index.js';
import { odataText, type V4Api } from '../api.js';
import { listAll } from '../list.js';

export const CATEGORIES = '/config/categories';

const category = z.looseObject({ extId: z.string(), key: z.string(), value: z.string() });
export type V4Category = z.infer<typeof category>;

/** A category with the id by which a VM refers to it: one entity for each pair of key and value (reference v4 5). */
export interface IdentifiedCategory extends Category {
  readonly id: string;
}

/** Looks a category up; a VM that names a missing one would fail in its task only. */
export async function findCategory(
  api: V4Api,
  { key, value }: Category,
  { signal }: CallContext,
): Promise<IdentifiedCategory> {
  const wanted: Wanted = { kind: 'category', name: `${key}=${value}` };
  const attempt: Attempt = { attempted: lookingUp(wanted), signal };
  const ofKey = `key eq ${odataText(key)}`;
  const found = await categoryWith(api, { key, value }, attempt);
  if (found !== undefined) return { key, value, id: found.extId };
  const values = (await listCategories(api, ofKey, attempt)).filter((one) => one.key === key);
  if (values.length > 0) {
    throw notFound(
      wanted,
      values.map((one) => `${key}=${one.value}`),
      ` (key "${key}" exists)`,
    );
  }
  const keys = (await listCategories(api, undefined, attempt)).map((one) => one.key);
  throw notFound(wanted, [...new Set(keys)], ` (key "${key}" does not exist)`);
}

/** The one of exactly this key and this value; undefined = there is none. */
export async function categoryWith(
  api: V4Api,
  { key, value }: Category,
  attempt: Attempt,
): Promise<V4Category | undefined> {
  const filter = `key eq ${odataText(key)} and value eq ${odataText(value)}`;
  const found = await listCategories(api, filter, attempt);
  return found.find((one) => one.key === key && one.value === value);
}

/** The categories that a `$filter` lets through; undefined = all that the account sees. */
export async function listCategories(
  api: V4Api,
  filter: string | undefined,
  attempt: Attempt,
): Promise<readonly V4Category[]> {
  const query = { $filter: filter };
  return await listAll(api, { namespace: 'prism', path: CATEGORIES, query, item: category }, attempt);
}

/** True for what `findCategory` gives; a placement of another API has no ids. */
export function isIdentified(one: Category): one is IdentifiedCategory {
  return 'id' in one && typeof one.id === 'string';
}

/** The ids of a placement's categories; those that another API looked up are looked up anew. */
export async function categoryIds(
  api: V4Api,
  categories: readonly Category[],
  context: CallContext,
): Promise<readonly string[]> {
  const found = categories.map(async (one) =>
    isIdentified(one) ? one : await findCategory(api, one, context),
  );
  return (await Promise.all(found)).map(({ id }) => id);
}
