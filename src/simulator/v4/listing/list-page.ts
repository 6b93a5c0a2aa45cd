import { badQuery } from './bad-query.js';
import { compileFilter, valueAt, type Filterable, type Reader } from './filter.js';
import { sorted } from './order.js';
import { listQuery } from './query.js';

/** An entity as a list shows it. */
export type Entity = Readonly<Record<string, unknown>>;

/** A list of one entity type. Paths are those of the entity as it is shown, e.g. `cluster/extId`. */
export interface Listing<T> {
  readonly filterable: Filterable;
  readonly orderable: readonly string[];
  /** By name: the members that `$expand` adds. */
  readonly expandable?: Readonly<Record<string, (record: T) => Entity>>;
  /** Fields that can be read without making the whole view, for lists of thousands. */
  readonly quickly?: Readonly<Record<string, (record: T) => unknown>>;
  view(record: T): Entity;
}

/** One page of a list. */
export interface ListedPage {
  readonly items: readonly Entity[];
  /** How many there are on all pages. */
  readonly total: number;
  /** From 0. */
  readonly page: number;
  readonly limit: number;
}

/** Members that no `$select` takes away. */
const ALWAYS = ['$reserved', '$objectType'];

/**
 * The page of a list that a request's query asks for (reference v4 2.6 and 2.7). A page past the
 * end has no items. Throws a Refusal (400) for a query that this list does not understand.
 */
export function listedPage<T>(
  listing: Listing<T>,
  records: Iterable<T>,
  options: URLSearchParams,
): ListedPage {
  const query = listQuery(options);
  const additions = query.expand.map((name) => additionOf(listing, name));
  const readerOf = readers(listing);
  let found = [...records];
  if (query.filter !== undefined) {
    const fits = compileFilter(query.filter, listing.filterable);
    found = found.filter((record) => fits(readerOf(record)));
  }
  if (query.orderBy !== undefined) found = sorted(found, query.orderBy, listing.orderable, readerOf);
  const start = query.page * query.limit;
  const items = found.slice(start, start + query.limit).map((record) => {
    const added = additions.reduce<Entity>((entity, add) => ({ ...entity, ...add(record) }), {});
    return selected({ ...listing.view(record), ...added }, query.select);
  });
  return { items, total: found.length, page: query.page, limit: query.limit };
}

/** Only the members that were asked for; of `cluster/extId` the whole member `cluster`. `*` is all. */
function selected(entity: Entity, select: readonly string[] | undefined): Entity {
  if (select === undefined || select.includes('*')) return entity;
  const wanted = new Set([...ALWAYS, ...select.map((path) => path.split('/')[0])]);
  return Object.fromEntries(Object.entries(entity).filter(([name]) => wanted.has(name)));
}

function additionOf<T>({ expandable = {} }: Listing<T>, name: string): (record: T) => Entity {
  const addition = Object.hasOwn(expandable, name) ? expandable[name] : undefined;
  if (addition === undefined) throw badQuery('$expand', `"${name}" cannot be expanded.`);
  return addition;
}

/** Readers of records; a view is made once, and only when a field wants it. */
function readers<T>(listing: Listing<T>): (record: T) => Reader {
  return (record) => {
    let view: Entity | undefined;
    return (path) => {
      const quick = listing.quickly?.[path];
      return quick === undefined ? valueAt((view ??= listing.view(record)), path) : quick(record);
    };
  };
}
