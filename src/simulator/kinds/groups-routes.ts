import { ok, type Answer, type Call, type Route } from '../http/route.js';
import { compileFilter } from '../listing/filter.js';
import { Refusal } from '../refusal.js';
import type { ContainerRecord } from '../store/records.js';
import type { World } from '../world.js';

const kind = 'groups';
const DEFAULT_COUNT = 20;

/** groups: here the one way to storage containers, which have no entity of their own in v3. */
export function groupsRoutes(world: World): Route[] {
  return [{ method: 'POST', path: '/groups', kind, handle: (call) => query(world, call) }];
}

/** Attribute name to the values of a container; the same names filter. */
const ATTRIBUTES: Readonly<Record<string, (container: ContainerRecord) => readonly string[]>> = {
  container_name: (container) => [container.name],
  cluster: (container) => [container.clusterUuid],
  'storage.user_capacity_bytes': (container) => [String(container.capacityBytes)],
  'storage.user_free_bytes': (container) => [String(container.freeBytes)],
};

function query(world: World, call: Call): Answer {
  const input = world.validator.check('groups_get_entities_request', call.body, kind);
  if (input.entity_type !== 'storage_container') {
    const message = `entity_type ${input.entity_type} is not modelled by this simulator`;
    throw new Refusal({ status: 501, reason: 'REQUEST_NOT_SUPPORTED', message, kind });
  }
  const matches = compileFilter(input.filter_criteria ?? '', ATTRIBUTES, kind);
  const visible = call.user.role === 'viewer' ? [] : world.store.containers.toArray();
  const ids = input.entity_ids;
  const found = visible.filter((one) => matches(one) && (ids === undefined || ids.includes(one.uuid)));
  const offset = input.group_member_offset ?? 0;
  const page = found.slice(offset, offset + (input.group_member_count ?? DEFAULT_COUNT));
  const wanted = (input.group_member_attributes ?? []).map(({ attribute }) => attribute);
  return ok({
    entity_type: input.entity_type,
    filtered_entity_count: found.length,
    total_entity_count: visible.length,
    filtered_group_count: found.length === 0 ? 0 : 1,
    total_group_count: visible.length === 0 ? 0 : 1,
    group_results:
      page.length === 0
        ? []
        : [
            {
              group_by_column_value: '',
              total_entity_count: found.length,
              entity_results: page.map((one) => result(one, wanted, world.time.now())),
            },
          ],
  });
}

/** Values are lists of strings, times are µs. */
function result(container: ContainerRecord, wanted: readonly string[], now: number): unknown {
  return {
    entity_id: container.uuid,
    data: wanted.map((name) => ({
      name,
      values: [{ time: Math.round(now * 1000), values: ATTRIBUTES[name]?.(container) ?? [] }],
    })),
  };
}
