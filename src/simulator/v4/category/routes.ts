import { z } from 'zod';
import {
  addCategory,
  categoryId,
  categoryPair,
  categoryPairs,
  removeValue,
  renameCategory,
  type CategoryPair,
} from '../../core/categories.js';
import { param, type Answer } from '../../http/route.js';
import { selectedEntity, type Listing } from '../listing/index.js';
import type { EntityType } from '../entity-routes.js';
import { entityAnswer } from '../message/answer.js';
import { rejection } from '../message/error.js';
import { body, readOnly, requestBody } from '../message/request-body.js';
import { typed } from '../message/typed.js';
import { checkIfMatch } from '../precondition/if-match.js';
import type { V4Call } from '../route.js';
import type { V4World } from '../world.js';
import { associations, categoryView, detailedAssociations } from './view.js';

/** At most 64 characters each (reference v4 5). */
const NAME = z.string().min(1).max(64);

const categoryBody = body({
  key: NAME,
  value: NAME,
  description: z.string().max(512).optional(),
  extId: readOnly,
  type: readOnly,
  ownerUuid: z.string().optional(),
  associations: readOnly,
  detailedAssociations: readOnly,
  projectExtId: z.string().optional(),
  sharedWithProjects: readOnly,
  isSharedWithAllProjects: readOnly,
  tenantId: readOnly,
  links: readOnly,
});

/** prism: categories, one entity for each pair of a key and a value. All at once, without tasks (reference v4 5). */
export const CATEGORIES: EntityType<CategoryPair> = {
  kind: 'category',
  path: '/config/categories',
  model: 'prism.v4.config',
  word: 'Category',
  words: 'Categories',
  listing: listingOf,
  records: ({ store }) => categoryPairs(store),
  existing,
  shown: (world, pair, call) => selectedEntity(world, call, listingOf(world), pair),
  tag: tagOf,
  create,
  update,
  remove,
};

function listingOf(world: V4World): Listing<CategoryPair> {
  return {
    filterable: { extId: 'text', key: 'text', value: 'text', type: 'enumeration', ownerUuid: 'text' },
    orderable: ['key', 'value'],
    quickly: { key: ({ key }) => key, value: ({ value }) => value },
    expandable: {
      associations: (pair) => associations(world, pair),
      detailedAssociations: (pair) => detailedAssociations(world, pair),
    },
    view: (pair) => categoryView(world, pair),
  };
}

function create(world: V4World, call: V4Call): Answer {
  const { key, value, description = '' } = requestBody(world, call, categoryBody);
  const pair = { key, value };
  refuseTaken(world, pair);
  addCategory(world.store, pair, description);
  return entityAnswer(world, call, {
    type: 'prism.v4.config.CreateCategoryApiResponse',
    data: categoryView(world, pair),
    status: 201,
  });
}

/** Of a pair only the value and the description can be changed. */
function update(world: V4World, call: V4Call): Answer {
  const pair = existing(world, call);
  const input = requestBody(world, call, categoryBody);
  refuseStale(world, call, pair);
  refuseOfSystem(world, pair);
  if (input.key !== pair.key) {
    throw refusal(400, 'CTGRS-50012', 'KEY_CANNOT_BE_CHANGED', 'The key of a category cannot be changed.');
  }
  const changed = { key: pair.key, value: input.value };
  if (changed.value !== pair.value) refuseTaken(world, changed);
  renameCategory(world.store, pair, changed.value);
  addCategory(world.store, changed, input.description ?? '');
  const message = typed(world.served, 'prism.v4.error.AppMessage', {
    message: 'The category was updated.',
    severity: 'INFO',
    locale: 'en-US',
  });
  return entityAnswer(world, call, {
    type: 'prism.v4.config.UpdateCategoryApiResponse',
    data: message,
  });
}

function remove(world: V4World, call: V4Call): Answer {
  const pair = existing(world, call);
  refuseStale(world, call, pair);
  refuseOfSystem(world, pair);
  const carried = associations(world, pair)['associations'];
  if (Array.isArray(carried) && carried.length > 0) {
    const message = `The category ${pair.key}:${pair.value} is assigned to entities.`;
    throw refusal(400, 'CTGRS-50019', 'CATEGORY_IN_USE', message);
  }
  const { categories } = world.store;
  const category = categories.get(pair.key);
  if (category !== undefined) removeValue(category, pair.value);
  // A key without values is no entity of this API.
  if (Object.keys(category?.values ?? {}).length === 0) categories.delete(pair.key);
  return { status: 204, body: undefined };
}

function existing(world: V4World, call: V4Call): CategoryPair {
  const extId = param(call, 'extId');
  const pair = categoryPair(world.store, extId);
  if (pair !== undefined) return pair;
  throw refusal(404, 'CTGRS-50014', 'CATEGORY_NOT_FOUND', `There is no category ${extId}.`);
}

function tagOf(world: V4World, pair: CategoryPair): string {
  return world.tags.of(categoryId(world.store, pair), categoryView(world, pair));
}

/** There is no task that could tell it later. */
function refuseStale(world: V4World, call: V4Call, pair: CategoryPair): void {
  const behaviour = { ...world.behaviour, staleTag: 'refused' as const };
  checkIfMatch({ ...world, behaviour }, call, tagOf(world, pair));
}

function refuseTaken({ store }: V4World, { key, value }: CategoryPair): void {
  if (store.categories.get(key)?.values[value] === undefined) return;
  throw refusal(409, 'CTGRS-50013', 'CATEGORY_ALREADY_EXISTS', `The category ${key}:${value} exists.`);
}

function refuseOfSystem({ store }: V4World, { key, value }: CategoryPair): void {
  if (store.categories.get(key)?.systemDefined !== true) return;
  const message = `The category ${key}:${value} is defined by the system.`;
  throw refusal(400, 'CTGRS-50018', 'CATEGORY_IS_SYSTEM_DEFINED', message);
}

/** Codes and groups are made up in the manner of the others: no error of categories is recorded. */
function refusal(status: number, code: string, group: string, message: string): Error {
  return rejection({ namespace: 'prism', status, code, group, message });
}
