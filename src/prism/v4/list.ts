import { z } from 'zod';
import { lenient, maybe, type Attempt } from '../shared/index.js';
import { odataText, type V4Api, type V4Request } from './api.js';

/** The most that a page may have (reference v4 2.6). */
export const PAGE = 100;
/** So that a server which repeats pages for ever does not keep us. */
const MAX_PAGES = 1_000;

const identified = z.object({ extId: maybe.text }).catch({ extId: undefined });

export interface V4List<T extends z.ZodType> {
  readonly namespace: V4Request<T>['namespace'];
  readonly path: string;
  /** `$filter`, `$orderby`, `$select` …; pages are asked for here. */
  readonly query?: V4Request<T>['query'];
  /** One entity; those of another shape are left out. */
  readonly item: T;
  /** No more than so many can be there: with them, the list is at its end. */
  readonly most?: number | undefined;
}

/** Lists of the entities with these ids, each of which fits on a page. */
export function listsOfIds(
  ids: readonly string[],
): readonly Required<Pick<V4List<never>, 'query' | 'most'>>[] {
  const all = [...new Set(ids)].map(odataText);
  return Array.from({ length: Math.ceil(all.length / PAGE) }, (_, index) => {
    const texts = all.slice(index * PAGE, (index + 1) * PAGE);
    return { query: { $filter: `extId in (${texts.join(',')})` }, most: texts.length };
  });
}

/**
 * Every entity of a list that the account may see. Pages end with the first that is empty or short, since the total can
 * be wrong for a while (reference v4 2.6). An entity that moves to a later page while the pages are read counts once: two of
 * one id would pass for a choice between two.
 */
export async function listAll<T extends z.ZodType>(
  api: V4Api,
  { namespace, path, query, item, most = Number.POSITIVE_INFINITY }: V4List<T>,
  attempt: Attempt,
): Promise<readonly z.output<T>[]> {
  const found: z.output<T>[] = [];
  const answer = lenient(z.array(z.unknown()));
  const seen = new Set<string>();
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const paged = { ...query, $page: page, $limit: PAGE };
    const { data = [] } = await api.send({ namespace, method: 'GET', path, query: paged, answer }, attempt);
    for (const one of data) {
      const { extId } = identified.parse(one);
      if (extId !== undefined && seen.has(extId)) continue;
      if (extId !== undefined) seen.add(extId);
      const parsed = item.safeParse(one);
      if (parsed.success) found.push(parsed.data);
    }
    if (data.length < PAGE || seen.size >= most) break;
  }
  return found;
}
