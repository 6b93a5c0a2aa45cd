import { Refusal } from '../../core/refusal.js';
import type { Collection } from '../../core/store/store.js';
import { ok, param, type Call, type Route } from '../../http/route.js';
import type { RequestBodies } from '../schema/request-bodies.js';
import type { V3World } from '../world.js';
import type { Attributes } from './filter.js';
import { listAnswer } from './page.js';

/** Definitions of the vendor's schema that are the bodies of lists. */
export type ListDefinition = Extract<keyof RequestBodies, `${string}_list_metadata`>;

/** An entity type that is read and never changed. */
export interface ReadOnlyType<T> {
  readonly kind: string;
  readonly plural: string;
  readonly listDefinition: ListDefinition;
  /** Those that the user may see in a list. */
  listed(call: Call): Iterable<T>;
  find(uuid: string, call: Call): T | undefined;
  readonly attributes: Attributes<T>;
  view(record: T): Readonly<Record<string, unknown>>;
  /** The whole list comes whatever page, order or filter is asked for. */
  readonly unpaged?: boolean;
}

/** List and GET of a type whose whole list comes at once, to all accounts but viewers. */
export function wholeListRoutes<T>(
  world: V3World,
  kind: 'cluster' | 'host',
  records: Pick<Collection<T>, 'get'> & Iterable<T>,
  view: (record: T) => Readonly<Record<string, unknown>>,
): Route[] {
  return readOnlyRoutes(world, {
    kind,
    plural: `${kind}s`,
    listDefinition: `${kind}_list_metadata`,
    listed: ({ user }) => (user.role === 'viewer' ? [] : records),
    find: (uuid) => records.get(uuid),
    attributes: {},
    view,
    unpaged: true,
  });
}

/** List and GET. */
export function readOnlyRoutes<T>(world: V3World, type: ReadOnlyType<T>): Route[] {
  const { kind, plural, attributes, unpaged = false } = type;
  const view = (record: T): unknown => type.view(record);
  return [
    {
      method: 'POST',
      path: `/${plural}/list`,
      kind,
      handle: (call) => {
        const input = world.validator.check(type.listDefinition, call.body, kind);
        return ok(listAnswer({ kind, records: type.listed(call), attributes, view, unpaged }, input));
      },
    },
    {
      method: 'GET',
      path: `/${plural}/:uuid`,
      kind,
      handle: (call) => {
        const uuid = param(call, 'uuid');
        const record = type.find(uuid, call);
        if (record === undefined) throw Refusal.notFound(kind, uuid);
        return ok({ api_version: '3.1', ...type.view(record) });
      },
    },
  ];
}
