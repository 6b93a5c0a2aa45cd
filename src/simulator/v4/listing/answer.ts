import { Refusal } from '../../core/refusal.js';
import type { Answer } from '../../http/route.js';
import { listAnswer } from '../message/answer.js';
import { schemaRejection } from '../message/error.js';
import type { V4Call } from '../route.js';
import type { V4World } from '../world.js';
import { listedPage, type Entity, type ListedPage, type Listing } from './list-page.js';

export interface AnsweredList<T> {
  /** Of the whole answer, e.g. `networking.v4.config.ListSubnetsApiResponse`. */
  readonly type: string;
  readonly listing: Listing<T>;
  /** All that there are, in their order. */
  readonly records: Iterable<T>;
}

/**
 * The page that a request asks for. An account without rights gets an empty list and no error (reference v4 2.4). A query
 * that the list does not understand is a schema error (400).
 */
export function answeredList<T>(world: V4World, call: V4Call, list: AnsweredList<T>): Answer {
  const { type, listing, records } = list;
  const visible = call.user.role === 'viewer' ? [] : records;
  return listAnswer(world, call, { type, ...pageOf(world, call, listing, visible) });
}

/** One entity, of which `$select` may take a part. */
export function selectedEntity<T>(world: V4World, call: V4Call, listing: Listing<T>, record: T): Entity {
  return pageOf(world, call, listing, [record]).items[0] ?? {};
}

function pageOf<T>(world: V4World, call: V4Call, listing: Listing<T>, records: Iterable<T>): ListedPage {
  try {
    return listedPage(listing, records, call.query);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const problems = [{ location: '@query', message: error.message }];
    throw schemaRejection(world, call, problems);
  }
}
