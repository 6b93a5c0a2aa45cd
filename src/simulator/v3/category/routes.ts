import { ok, param, type Answer, type Call, type Route } from '../../http/route.js';
import { newCategory, removeValue } from '../../core/categories.js';
import { listAnswer } from '../listing/page.js';
import { Refusal } from '../../core/refusal.js';
import type { CategoryRecord } from '../../core/store/records.js';
import type { V3World } from '../world.js';
import { refuseViewer } from '../permissions.js';
import { undeletable, unprocessable, v3Refusal } from '../refusal.js';
import { carrierOf } from './query-routes.js';

const kind = 'category';
/** What the schema allows in a key or a value that is made through the API. */
const NAME = /^[a-zA-Z0-9_.-]+( [a-zA-Z0-9_.-]+)*$/;
const LONGEST_NAME = 64;

/** categories: flat entities, no envelope, no tasks. */
export function categoryRoutes(world: V3World): Route[] {
  return [
    { method: 'POST', path: '/categories/list', kind, handle: (call) => listKeys(world, call) },
    { method: 'GET', path: '/categories/:name', kind, handle: (call) => ok(keyView(key(world, call))) },
    { method: 'PUT', path: '/categories/:name', kind, handle: (call) => putKey(world, call) },
    { method: 'DELETE', path: '/categories/:name', kind, handle: (call) => deleteKey(world, call) },
    { method: 'POST', path: '/categories/:name/list', kind, handle: (call) => listValues(world, call) },
    { method: 'GET', path: '/categories/:name/:value', kind, handle: (call) => getValue(world, call) },
    { method: 'PUT', path: '/categories/:name/:value', kind, handle: (call) => putValue(world, call) },
    { method: 'DELETE', path: '/categories/:name/:value', kind, handle: (call) => deleteValue(world, call) },
  ];
}

function keyView(category: CategoryRecord): Record<string, unknown> {
  return {
    api_version: '3.1',
    name: category.name,
    description: category.description,
    system_defined: category.systemDefined,
    capabilities: { cardinality: category.cardinality },
  };
}

function valueView(category: CategoryRecord, value: string): Record<string, unknown> {
  return {
    api_version: '3.1',
    name: category.name,
    value,
    description: category.values[value] ?? '',
    system_defined: category.systemDefined,
  };
}

function key(world: V3World, call: Call): CategoryRecord {
  const name = param(call, 'name');
  const category = world.store.categories.get(name);
  if (category === undefined) throw Refusal.notFound(kind, name);
  return category;
}

/** The category and a value it has. */
function keyAndValue(world: V3World, call: Call): [CategoryRecord, string] {
  const value = param(call, 'value');
  const category = world.store.categories.get(param(call, 'name'));
  if (category?.values[value] !== undefined) return [category, value];
  const message = `Category ${param(call, 'name')}:${value} does not exist.`;
  throw v3Refusal({ status: 404, reason: 'CATEGORY_NAME_VALUE_MISMATCH', message, kind });
}

function listKeys(world: V3World, call: Call): Answer {
  const input = world.validator.check('category_list_metadata', call.body ?? {}, kind);
  const listing = {
    kind,
    records: call.user.role === 'viewer' ? [] : world.store.categories,
    attributes: { name: (category: CategoryRecord) => [category.name] },
    view: keyView,
  };
  return ok(listAnswer(listing, input));
}

function listValues(world: V3World, call: Call): Answer {
  const category = key(world, call);
  const input = world.validator.check('category_list_metadata', call.body ?? {}, kind);
  const listing = {
    kind,
    records: Object.keys(category.values),
    attributes: { name: () => [category.name], value: (value: string) => [value] },
    view: (value: string) => valueView(category, value),
  };
  return ok(listAnswer(listing, input));
}

function putKey(world: V3World, call: Call): Answer {
  refuseViewer(call);
  const name = checkedName(call, 'name');
  const input = world.validator.check('category_key', call.body, kind);
  const category = world.store.categories.get(name) ?? newCategory(name);
  category.description = input.description ?? '';
  category.cardinality = input.capabilities?.cardinality ?? category.cardinality;
  world.store.categories.put(category);
  return ok(keyView(category));
}

function deleteKey(world: V3World, call: Call): Answer {
  refuseViewer(call);
  const category = key(world, call);
  if (category.systemDefined) throw undeletable(`Category ${category.name} is defined by the system.`, kind);
  if (Object.keys(category.values).length > 0)
    throw undeletable(`Category ${category.name} has values.`, kind);
  world.store.categories.delete(category.name);
  return { status: 200, body: undefined };
}

function getValue(world: V3World, call: Call): Answer {
  const [category, value] = keyAndValue(world, call);
  return ok(valueView(category, value));
}

function putValue(world: V3World, call: Call): Answer {
  refuseViewer(call);
  const category = key(world, call);
  const value = checkedName(call, 'value');
  const input = world.validator.check('category_value', call.body, kind);
  category.values[value] = input.description ?? '';
  return ok(valueView(category, value));
}

function deleteValue(world: V3World, call: Call): Answer {
  refuseViewer(call);
  const [category, value] = keyAndValue(world, call);
  const carrier = carrierOf(world, category.name, value);
  if (carrier !== undefined) {
    throw undeletable(`Category ${category.name}:${value} is assigned to ${carrier}.`, kind);
  }
  removeValue(category, value);
  return { status: 200, body: undefined };
}

function checkedName(call: Call, parameter: string): string {
  const name = param(call, parameter);
  if (name.length <= LONGEST_NAME && NAME.test(name)) return name;
  throw unprocessable({ [parameter]: [`'${name}' does not match '${NAME.source}'`] }, kind);
}
