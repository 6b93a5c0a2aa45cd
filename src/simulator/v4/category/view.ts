import { categoryCarriers, categoryId, type CategoryPair } from '../../core/categories.js';
import { typed } from '../message/typed.js';
import type { V4World } from '../world.js';

type Fields = Record<string, unknown>;

/** A key with one of its values: one entity for each pair. Source: reference v4 5; no recording. */
export function categoryView(world: V4World, pair: CategoryPair): Fields {
  const { key, value } = pair;
  const category = world.store.categories.get(key);
  return typed(world.served, 'prism.v4.config.Category', {
    extId: categoryId(world.store, pair),
    key,
    value,
    type: category?.systemDefined === true ? 'SYSTEM' : 'USER',
    description: category?.values[value],
  });
}

/** The words of this API for the entity types that carry categories. */
const RESOURCE_TYPES = {
  image: 'IMAGE',
  project: undefined,
  subnet: 'SUBNET',
  vm: 'VM',
  volume_group: 'VOLUMEGROUP',
} as const;

interface Association {
  readonly resourceType: string;
  readonly ids: readonly string[];
}

function associationsOf({ store }: V4World, { key, value }: CategoryPair): Association[] {
  return categoryCarriers(store).flatMap(({ kind, records }) => {
    const resourceType = RESOURCE_TYPES[kind];
    const carriers = records.filter(({ categories }) => categories[key]?.includes(value) === true);
    if (resourceType === undefined || carriers.length === 0) return [];
    return [{ resourceType, ids: carriers.map(({ uuid }) => uuid) }];
  });
}

/** What `$expand=associations` adds: how many of each entity type carry the pair. */
export function associations(world: V4World, pair: CategoryPair): Fields {
  const categoryIdOfAll = categoryId(world.store, pair);
  return {
    associations: associationsOf(world, pair).map(({ resourceType, ids }) =>
      typed(world.served, 'prism.v4.config.AssociationSummary', {
        categoryId: categoryIdOfAll,
        resourceType,
        resourceGroup: 'ENTITY',
        count: ids.length,
      }),
    ),
  };
}

/** What `$expand=detailedAssociations` adds: each entity that carries the pair. */
export function detailedAssociations(world: V4World, pair: CategoryPair): Fields {
  const categoryIdOfAll = categoryId(world.store, pair);
  return {
    detailedAssociations: associationsOf(world, pair).flatMap(({ resourceType, ids }) =>
      ids.map((resourceId) =>
        typed(world.served, 'prism.v4.config.AssociationDetail', {
          categoryId: categoryIdOfAll,
          resourceType,
          resourceGroup: 'ENTITY',
          resourceId,
        }),
      ),
    ),
  };
}
