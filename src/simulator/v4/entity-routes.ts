import type { Answer } from '../http/route.js';
import { answeredList, type Listing } from './listing/index.js';
import { entityAnswer } from './message/answer.js';
import { digestTag } from './precondition/entity-tag.js';
import type { V4Call, V4Route } from './route.js';
import type { V4World } from './world.js';

/** An entity type: where its entities are, how they are found and shown, and what may be done with them. */
export interface EntityType<T> {
  readonly kind: string;
  /** Of the list. */
  readonly path: string;
  /** Of one entity; `extId` below the list when absent. */
  readonly onePath?: string;
  /** What the type of the answers begins with, e.g. `networking.v4.config`. */
  readonly model: string;
  /** In the types of the answers, e.g. `Subnet` of `GetSubnetApiResponse`. */
  readonly word: string;
  /** Of many, where it is not the word with an s. */
  readonly words?: string;
  /** How the list is filtered, ordered and shown. */
  readonly listing: (world: V4World, call: V4Call) => Listing<T>;
  /** All that there are, in their order. */
  readonly records: (world: V4World, call: V4Call) => Iterable<T>;
  /** The one that the path names. Throws the answer to one that is not there. */
  readonly existing: (world: V4World, call: V4Call) => T;
  /** How GET shows one; as the list does when absent. */
  readonly shown?: (world: V4World, record: T, call: V4Call) => Readonly<Record<string, unknown>>;
  /** Its ETag; made of what GET shows when absent, undefined = it has none. */
  readonly tag?: (world: V4World, record: T) => string | undefined;
  /** Paths below one entity, as its links tell. */
  readonly links?: readonly string[];
  /** See `EntityAnswer`. */
  readonly total?: number;
  /** POST, PUT and DELETE, as far as there are any. */
  readonly create?: Change;
  readonly update?: Change;
  readonly remove?: Change;
}

type Change = (world: V4World, call: V4Call) => Answer;

/** The list of an entity type, one of it, and its changes. */
export function entityRoutes<T>(world: V4World, type: EntityType<T>): V4Route[] {
  const { kind, path, onePath = `${path}/:extId`, create, update, remove } = type;
  const route = (method: V4Route['method'], at: string, handle: Change | undefined): V4Route[] =>
    handle === undefined ? [] : [{ method, path: at, kind, handle: (call) => handle(world, call) }];
  return [
    ...route('GET', path, (_, call) => listOf(world, call, type)),
    ...route('POST', path, create),
    ...route('GET', onePath, (_, call) => oneOf(world, call, type)),
    ...route('PUT', onePath, update),
    ...route('DELETE', onePath, remove),
  ];
}

function listOf<T>(world: V4World, call: V4Call, type: EntityType<T>): Answer {
  const { model, word, words = `${word}s` } = type;
  return answeredList(world, call, {
    type: `${model}.List${words}ApiResponse`,
    listing: type.listing(world, call),
    records: type.records(world, call),
  });
}

function oneOf<T>(world: V4World, call: V4Call, type: EntityType<T>): Answer {
  const { model, word, links, total } = type;
  const record = type.existing(world, call);
  const data = { ...(type.shown?.(world, record, call) ?? type.listing(world, call).view(record)) };
  const tag = type.tag === undefined ? digestTag(data) : type.tag(world, record);
  return entityAnswer(world, call, { type: `${model}.Get${word}ApiResponse`, data, links, tag, total });
}
