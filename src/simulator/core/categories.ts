import { createHash, randomUUID } from 'node:crypto';
import type { EntityRecord } from './store/entity.js';
import type { CategoryRecord } from './store/records.js';
import type { Store } from './store/store.js';

/** A key with one of its values. */
export interface CategoryPair {
  readonly key: string;
  readonly value: string;
}

/**
 * The id of a pair. It is derived from the pair, so that a pair that was made without one has the same id in every
 * simulator; one that was renamed keeps its own.
 */
export function categoryId({ categories }: Store, { key, value }: CategoryPair): string {
  const ids = categories.get(key)?.ids ?? {};
  return (Object.hasOwn(ids, value) ? ids[value] : undefined) ?? derivedId({ key, value });
}

/** Every pair that there is, key by key. */
export function categoryPairs({ categories }: Store): CategoryPair[] {
  return categories.toArray().flatMap(({ name: key, values }) => {
    return Object.keys(values).map((value) => ({ key, value }));
  });
}

/** undefined for an id that no pair has. */
export function categoryPair(store: Store, id: string): CategoryPair | undefined {
  return categoryPairs(store).find((pair) => categoryId(store, pair) === id);
}

/** The ids of all pairs that an entity carries. */
export function categoryIds(store: Store, { categories }: Pick<EntityRecord, 'categories'>): string[] {
  return Object.entries(categories).flatMap(([key, values]) => {
    return values.map((value) => categoryId(store, { key, value }));
  });
}

/** Pairs in the form in which entities carry them: values by key. */
export function carriedCategories(pairs: readonly CategoryPair[]): Record<string, string[]> {
  const carried: Record<string, string[]> = {};
  for (const { key, value } of pairs) carried[key] = [...new Set([...(carried[key] ?? []), value])];
  return carried;
}

/** Adds a pair; its key is made when it is the first. `description`: of the value. */
export function addCategory(store: Store, pair: CategoryPair, description: string): void {
  const { key, value } = pair;
  const category = store.categories.get(key) ?? newCategory(key);
  const { ids = {} } = category;
  // Its id belongs to a pair that was once called like it.
  const isTaken = Object.values(ids).includes(derivedId(pair));
  if (isTaken) category.ids = { ...ids, [value]: randomUUID() };
  category.values[value] = description;
  store.categories.put(category);
}

/** Takes a value away from its key. */
export function removeValue(category: CategoryRecord, value: string): void {
  Reflect.deleteProperty(category.values, value);
  if (category.ids !== undefined) Reflect.deleteProperty(category.ids, value);
}

/** Gives a pair another value; its id stays, and so do those who carry it. */
export function renameCategory(store: Store, pair: CategoryPair, value: string): void {
  const { key } = pair;
  const category = store.categories.get(key);
  if (category === undefined || value === pair.value) return;
  const id = categoryId(store, pair);
  const description = category.values[pair.value] ?? '';
  removeValue(category, pair.value);
  category.values[value] = description;
  category.ids = { ...category.ids, [value]: id };
  for (const { records } of categoryCarriers(store)) {
    for (const { categories } of records) {
      const carried = categories[key]?.map((one) => (one === pair.value ? value : one));
      if (carried !== undefined) categories[key] = carried;
    }
  }
}

/** The entities that can carry categories, by entity type in the order of their names. */
export function categoryCarriers({ images, projects, subnets, vms, volumeGroups }: Store): {
  readonly kind: 'image' | 'project' | 'subnet' | 'vm' | 'volume_group';
  readonly records: EntityRecord[];
}[] {
  return [
    { kind: 'image', records: images.toArray() },
    { kind: 'project', records: projects.toArray() },
    { kind: 'subnet', records: subnets.toArray() },
    { kind: 'vm', records: vms.toArray().filter(({ made }) => made) },
    { kind: 'volume_group', records: volumeGroups.toArray() },
  ];
}

const DEFAULT_CARDINALITY = 64;

/** A key without values, as clients make them. */
export function newCategory(name: string): CategoryRecord {
  return { name, description: '', systemDefined: false, cardinality: DEFAULT_CARDINALITY, values: {} };
}

/** In the form of a UUID, but of no version that has a meaning, as many ids of real servers are. */
function derivedId({ key, value }: CategoryPair): string {
  const hex = createHash('sha256').update(`category ${key}:${value}`).digest('hex');
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)];
  return parts.join('-');
}
