import type { World } from '../../core/world.js';
import { derivedId } from '../message/derived-id.js';

/** A value of a key, which is one entity here (reference v4 5). */
export interface CategoryPair {
  readonly key: string;
  readonly value: string;
}

/** The core keeps values by key and knows no ids of them: a pair is known by what it says. */
export function categoryId({ key, value }: CategoryPair): string {
  return derivedId(`category ${JSON.stringify([key, value])}`);
}

export function categoryPairs({ store }: World): CategoryPair[] {
  return [...store.categories].flatMap(({ name, values }) =>
    Object.keys(values).map((value) => ({ key: name, value })),
  );
}

export function categoryWithId(world: World, extId: string): CategoryPair | undefined {
  return categoryPairs(world).find((pair) => categoryId(pair) === extId);
}

/** The ids of what an entity has. */
export function categoryIdsOf({ categories }: { readonly categories: Record<string, string[]> }): string[] {
  return Object.entries(categories).flatMap(([key, values]) => values.map((value) => categoryId({ key, value })));
}
