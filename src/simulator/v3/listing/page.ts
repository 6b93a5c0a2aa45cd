import type { ListInput } from '../schema/request-bodies.js';
import { compileFilter, type Attributes } from './filter.js';

const DEFAULT_LENGTH = 20;
const LONGEST_PAGE = 500;

export interface Listing<T> {
  readonly kind: string;
  readonly records: Iterable<T>;
  /** What may be filtered and sorted by. */
  readonly attributes: Attributes<T>;
  /** `sort_attribute` to the attribute it stands for, where the two differ. */
  readonly sortAliases?: Readonly<Record<string, string>>;
  view(record: T): unknown;
  /** clusters and hosts come all at once, whatever was asked for: page, order and filter have no effect. */
  readonly unpaged?: boolean;
}

/**
 * Body of a `.../list` answer. `metadata.length` is the number of entities returned; filter and sort are
 * echoed only when given. Longer pages than 500 are cut to 500 without a word.
 */
export function listAnswer<T>(listing: Listing<T>, input: ListInput): unknown {
  if (listing.unpaged === true) return wholeList(listing);
  const matches = compileFilter(input.filter ?? '', listing.attributes, listing.kind);
  const found = sorted([...listing.records].filter(matches), listing, input);
  const offset = input.offset ?? 0;
  const page = found.slice(offset, offset + Math.min(input.length ?? DEFAULT_LENGTH, LONGEST_PAGE));
  return {
    api_version: '3.1',
    metadata: {
      ...(input.filter === undefined || input.filter === '' ? {} : { filter: input.filter }),
      kind: listing.kind,
      ...(input.sort_attribute === undefined ? {} : { sort_attribute: input.sort_attribute }),
      ...(input.sort_order === undefined ? {} : { sort_order: input.sort_order }),
      offset,
      length: page.length,
      total_matches: found.length,
    },
    entities: page.map((record) => listing.view(record)),
  };
}

function wholeList<T>(listing: Listing<T>): unknown {
  const entities = [...listing.records].map((record) => listing.view(record));
  const metadata = { kind: listing.kind, total_matches: entities.length };
  return { api_version: '3.1', metadata, entities };
}

/** By an attribute that is not known nothing is sorted, as nothing is promised either. */
function sorted<T>(records: T[], listing: Listing<T>, input: ListInput): T[] {
  if (input.sort_attribute === undefined) return records;
  const name = listing.sortAliases?.[input.sort_attribute] ?? input.sort_attribute;
  const read = listing.attributes[name];
  if (read === undefined) return records;
  const sign = input.sort_order === 'DESCENDING' ? -1 : 1;
  // Each key is read once: there may be thousands of records.
  const keyed = records.map((record) => ({ record, key: read(record)[0] ?? '' }));
  keyed.sort((a, b) => (a.key < b.key ? -sign : a.key > b.key ? sign : 0));
  return keyed.map(({ record }) => record);
}
