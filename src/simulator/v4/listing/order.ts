import { badQuery } from './bad-query.js';
import type { Reader } from './filter.js';

interface SortKey {
  readonly path: string;
  readonly sign: 1 | -1;
}

/**
 * Sorts by `$orderby`, e.g. `name desc,createTime`: the order that was there stays among equals, and what is not there
 * comes first. Throws a Refusal (400) for a field that cannot be sorted by.
 */
export function sorted<T>(
  records: readonly T[],
  orderBy: string,
  orderable: readonly string[],
  readerOf: (record: T) => Reader,
): T[] {
  const keys = orderBy.split(',').map((part) => sortKey(part, orderable));
  // Each value is read once: there may be thousands of records.
  const rows = records.map((record) => {
    const read = readerOf(record);
    return { record, values: keys.map(({ path }) => read(path)) };
  });
  rows.sort((a, b) => {
    for (const [index, { sign }] of keys.entries()) {
      const difference = compare(a.values[index], b.values[index]);
      if (difference !== 0) return sign * difference;
    }
    return 0;
  });
  return rows.map(({ record }) => record);
}

function sortKey(part: string, orderable: readonly string[]): SortKey {
  const [path = '', direction = 'asc', ...rest] = part.trim().split(/\s+/);
  if (!orderable.includes(path)) throw badQuery('$orderby', `The field "${path}" cannot be sorted by.`);
  if (rest.length > 0 || (direction !== 'asc' && direction !== 'desc')) {
    throw badQuery('$orderby', `"${part.trim()}" is no order.`);
  }
  return { path, sign: direction === 'asc' ? 1 : -1 };
}

function compare(a: unknown, b: unknown): number {
  const [one, other] = [sortable(a), sortable(b)];
  if (one === undefined || other === undefined)
    return Number(one !== undefined) - Number(other !== undefined);
  return one < other ? -1 : one > other ? 1 : 0;
}

const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

function sortable(value: unknown): string | number | undefined {
  if (typeof value === 'boolean') return Number(value);
  // A moment has no trailing zeros: with its Z, `02.6Z` would come after `02.67Z`.
  if (typeof value === 'string') return MOMENT.test(value) ? value.slice(0, -1) : value;
  return typeof value === 'number' ? value : undefined;
}
