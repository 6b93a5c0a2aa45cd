import { Refusal } from '../../core/refusal.js';

/** The options of a list, as they stand in a URL. */
export type QueryOption = '$page' | '$limit' | '$filter' | '$orderby' | '$select' | '$expand';

/** What was wrong with one option of a list: 400 (reference v4 2.4: `$limit` out of range, a bad filter). */
export function badQuery(option: QueryOption, message: string): Refusal {
  return new Refusal({ code: 'bad-query', option, message });
}
