import { compileFilter, type Attributes } from '../listing/filter.js';
import type { GroupsInput } from '../schema/request-bodies.js';

const DEFAULT_COUNT = 20;

/** What a query goes through: entities that the user may see. `now` in ms since 1970. */
export interface GroupsSource<T> {
  readonly records: readonly T[];
  readonly attributes: Attributes<T>;
  readonly now: number;
}

/**
 * Body of a POST groups answer: entities that fit the filter, sorted, in groups by the value of one attribute, a
 * page of each group. Without a grouping attribute (or with a blank one, as the console sends it) there is one
 * group; without a match there is none.
 */
export function groupsAnswer<T extends { readonly uuid: string }>(
  source: GroupsSource<T>,
  input: GroupsInput,
): unknown {
  const fits = compileFilter(input.filter_criteria ?? '', source.attributes, input.entity_type);
  const ids = input.entity_ids;
  const found = source.records.filter((one) => fits(one) && (ids === undefined || ids.includes(one.uuid)));
  const groups = grouped(source, sorted(source, found, input), input);
  const first = input.group_offset ?? 0;
  const shown = groups.slice(first, first + (input.group_count ?? groups.length));
  return {
    entity_type: input.entity_type,
    filtered_entity_count: found.length,
    total_entity_count: source.records.length,
    filtered_group_count: groups.length,
    total_group_count: grouped(source, source.records, input).length,
    group_results: shown.map(([value, members]) => ({
      group_by_column_value: value,
      total_entity_count: members.length,
      entity_results: pageOf(members, input).map((one) => entityResult(source, one, input)),
    })),
  };
}

type Group<T> = readonly [value: string, members: readonly T[]];

/** Groups by ascending value, or descending. An entity with several values is in several groups. */
function grouped<T>(source: GroupsSource<T>, records: readonly T[], input: GroupsInput): Group<T>[] {
  const attribute = (input.grouping_attribute ?? '').trim();
  if (records.length === 0) return [];
  if (attribute === '') return [['', records]];
  const read = source.attributes[attribute] ?? ((): readonly string[] => []);
  const groups = new Map<string, T[]>();
  for (const record of records) {
    for (const value of new Set(read(record))) groups.set(value, [...(groups.get(value) ?? []), record]);
  }
  const sign = input.group_sort_order === 'DESCENDING' ? -1 : 1;
  return [...groups].sort(([a], [b]) => sign * compare(a, b));
}

/** By an attribute that is not known nothing is sorted. */
function sorted<T>(source: GroupsSource<T>, records: readonly T[], input: GroupsInput): readonly T[] {
  const read = source.attributes[input.group_member_sort_attribute ?? ''];
  if (read === undefined) return records;
  const sign = input.group_member_sort_order === 'DESCENDING' ? -1 : 1;
  const keyed = records.map((record) => ({ record, key: read(record)[0] ?? '' }));
  return keyed.sort((a, b) => sign * compare(a.key, b.key)).map(({ record }) => record);
}

/** Numbers by their size, anything else by its characters. */
function compare(a: string, b: string): number {
  const [left, right] = /^\d+$/.test(a) && /^\d+$/.test(b) ? [Number(a), Number(b)] : [a, b];
  return left < right ? -1 : left > right ? 1 : 0;
}

function pageOf<T>(members: readonly T[], input: GroupsInput): readonly T[] {
  const first = input.group_member_offset ?? 0;
  return members.slice(first, first + (input.group_member_count ?? DEFAULT_COUNT));
}

/** Values are lists of strings and times are µs; an attribute without a value has an empty list of them. */
function entityResult<T extends { readonly uuid: string }>(
  { attributes, now }: GroupsSource<T>,
  record: T,
  input: GroupsInput,
): unknown {
  return {
    entity_id: record.uuid,
    data: (input.group_member_attributes ?? []).map(({ attribute }) => {
      const values = attributes[attribute]?.(record) ?? [];
      return {
        name: attribute,
        values: values.length === 0 ? [] : [{ time: Math.round(now * 1000), values }],
      };
    }),
  };
}
