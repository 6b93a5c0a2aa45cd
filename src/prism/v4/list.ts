import { z } from 'zod';
import { lenient, maybe, type Attempt } from '../shared/index.js';
import { odataText, type V4Api, type V4Request } from './api.js';

/** The most that a page may have (reference v4 2.6). */
const PAGE = 100;
/** Fewer, so that a page that is not full says that there is no next one. */
const LISTED = 99;
/** So that a server which repeats pages for ever does not keep us. */
const MAX_PAGES = 1_000;

const identified = z.looseObject({ extId: maybe.text }).catch({ extId: undefined });

export interface V4List<T extends z.ZodType> {
  readonly namespace: V4Request<T>['namespace'];
  readonly path: string;
  /** `$filter`, `$orderby`, `$select` …; pages are asked for here. */
  readonly query?: V4Request<T>['query'];
  /** One entity; those of another shape are left out. */
  readonly item: T;
}

/** Filters for entities whose field has one of these texts, each so long that its answer fits on a page. */
export function odataList(field: string, texts: readonly string[]): readonly string[] {
  const all = [...new Set(texts)].map(odataText);
  return Array.from({ length: Math.ceil(all.length / LISTED) }, (_, index) => {
    return `${field} in (${all.slice(index * LISTED, (index + 1) * LISTED).join(',')})`;
  });
}

/**
 * Every entity of a list that the account may see. Pages end with the first that is empty or short, since the total can
 * be wrong for a while (reference v4 2.6). An entity that moves to a later page while the pages are read counts once: two of
 * one id would pass for a choice between two.
 */
export async function listAll<T extends z.ZodType>(
  api: V4Api,
  { namespace, path, query, item }: V4List<T>,
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
    if (data.length < PAGE) break;
  }
  return found;
}
