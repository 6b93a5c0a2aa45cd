import { badQuery, type QueryOption } from './bad-query.js';

const DEFAULT_LIMIT = 50;
const HIGHEST_LIMIT = 100;
/** Far above any page that there is. */
const HIGHEST_PAGE = 2 ** 31 - 1;
const OPTIONS: readonly string[] = [
  '$page',
  '$limit',
  '$filter',
  '$orderby',
  '$select',
  '$expand',
] satisfies QueryOption[];

/** What a client asks of a list. */
export interface ListQuery {
  /** From 0. */
  readonly page: number;
  readonly limit: number;
  readonly filter: string | undefined;
  readonly orderBy: string | undefined;
  /** Names of members. */
  readonly select: readonly string[] | undefined;
  readonly expand: readonly string[];
}

/**
 * Reads the options of a list from a request's query. Throws a Refusal (400) for an option that lists do not have, one
 * that is given twice, and pages out of range.
 */
export function listQuery(given: URLSearchParams): ListQuery {
  for (const name of given.keys()) {
    if (!name.startsWith('$')) continue;
    if (!isOption(name)) throw badQuery('$filter', `The option "${name}" is not supported.`);
    if (given.getAll(name).length > 1) throw badQuery(name, `The option "${name}" is given more than once.`);
  }
  const option = (name: QueryOption): string | undefined => given.get(name) ?? undefined;
  return {
    page: wholeNumber('$page', option('$page'), { least: 0, most: HIGHEST_PAGE, absent: 0 }),
    limit: wholeNumber('$limit', option('$limit'), { least: 1, most: HIGHEST_LIMIT, absent: DEFAULT_LIMIT }),
    filter: option('$filter'),
    orderBy: option('$orderby'),
    select: namesOf(option('$select')),
    expand: namesOf(option('$expand')) ?? [],
  };
}

function isOption(name: string): name is QueryOption {
  return OPTIONS.includes(name);
}

interface Bounds {
  readonly least: number;
  readonly most: number;
  readonly absent: number;
}

function wholeNumber(name: QueryOption, text: string | undefined, { least, most, absent }: Bounds): number {
  if (text === undefined) return absent;
  const number = /^-?\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  const [bound, limit] = number > most ? ['maximum', most] : ['minimum', least];
  throw badQuery(name, `${name} is out of range (${bound}: ${String(limit)}, found: ${text})`);
}

function namesOf(text: string | undefined): string[] | undefined {
  return text?.split(',').map((name) => name.trim());
}
