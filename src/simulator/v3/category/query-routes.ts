import { categoryCarriers } from '../../core/categories.js';
import type { EntityRecord } from '../../core/store/entity.js';
import type { World } from '../../core/world.js';
import { ok, type Answer, type Call, type Route } from '../../http/route.js';
import type { CategoryQueryInput } from '../schema/request-bodies.js';
import type { V3World } from '../world.js';

/** An entity that carries a value, in words, e.g. `vm web-1`. */
export function carrierOf(world: World, key: string, value: string): string | undefined {
  for (const { kind, records } of categoryCarriers(world.store)) {
    const carrier = records.find(({ categories }) => categories[key]?.includes(value) === true);
    if (carrier !== undefined) return `${kind} ${carrier.name}`;
  }
  return undefined;
}

const kind = 'category';
const DEFAULT_MEMBERS = 20;

/** POST category/query: which entities carry categories. No policies are modelled, so nothing uses any. */
export function categoryQueryRoutes(world: V3World): Route[] {
  return [{ method: 'POST', path: '/category/query', kind, handle: (call) => query(world, call) }];
}

function query(world: V3World, call: Call): Answer {
  const input = world.validator.check('category_query_input', call.body, kind);
  const usage = input.usage_type ?? 'APPLIED_TO';
  const offset = input.group_member_offset ?? 0;
  const count = input.group_member_count ?? DEFAULT_MEMBERS;
  const groups = usage === 'APPLIED_TO' && call.user.role !== 'viewer' ? categoryCarriers(world.store) : [];
  const kinds = input.category_filter?.kind_list ?? [];
  const results = groups
    .filter((group) => kinds.length === 0 || kinds.includes(group.kind))
    .map((group) => {
      const found = group.records.filter((record) => fits(record, input.category_filter));
      const members = found.slice(offset, offset + count);
      return {
        kind: group.kind,
        kind_reference_list: members.map(({ uuid, name }) => ({ kind: group.kind, uuid, name })),
        filtered_entity_count: members.length,
        total_entity_count: found.length,
      };
    })
    .filter(({ total_entity_count: total }) => total > 0);
  const metadata = {
    total_matches: results.reduce((sum, result) => sum + result.total_entity_count, 0),
    usage_type: usage,
    group_member_offset: offset,
    group_member_count: count,
  };
  return ok({ api_version: '3.1', metadata, results });
}

/** Any of the pairs, or of each key one of its values. */
function fits(record: EntityRecord, filter: CategoryQueryInput['category_filter']): boolean {
  if (filter === undefined) return Object.keys(record.categories).length > 0;
  const has = ([key, values]: readonly [string, readonly string[]]): boolean =>
    values.some((value) => record.categories[key]?.includes(value) === true);
  const wanted = Object.entries(filter.params);
  return filter.type === 'CATEGORIES_MATCH_ALL' ? wanted.every(has) : wanted.some(has);
}
