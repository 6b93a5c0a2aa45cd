import { ok, param, type Call, type Route } from '../../http/route.js';
import type { User } from '../../core/users.js';
import { SYSTEM_PERMISSIONS, SYSTEM_ROLES } from '../../core/inventory/identities.js';
import { listAnswer } from '../listing/page.js';
import { Refusal } from '../../core/refusal.js';
import type { RequestBodies } from '../schema/request-bodies.js';
import type { World } from '../../core/world.js';
import { permissionView, roleView, userView } from './views.js';

type ListDefinition = Extract<keyof RequestBodies, `${string}_list_metadata`>;

/** A kind that is read and never changed. */
interface ReadOnlyKind<T> {
  readonly kind: string;
  /** Path of the list, e.g. `/roles`. */
  readonly path: string;
  readonly definition: ListDefinition;
  records(call: Call): readonly T[];
  uuid(record: T): string;
  name(record: T): string;
  view(record: T): Record<string, unknown>;
}

/** Who may do what: read-only. Directories are not modelled, so no group and no policy is there. */
export function identityRoutes(world: World): Route[] {
  const nothing = { records: () => [], uuid: () => '', name: () => '', view: () => ({}) };
  return [
    {
      method: 'GET',
      path: '/users/me',
      kind: 'user',
      handle: ({ user }) => ok({ api_version: '3.1', ...userView(user) }),
    },
    ...readOnly(world, {
      kind: 'user',
      path: '/users',
      definition: 'user_list_metadata',
      records: ({ user }): readonly User[] => (user.role === 'viewer' ? [user] : world.users),
      uuid: (user) => user.uuid,
      name: (user) => user.username,
      view: userView,
    }),
    ...readOnly(world, {
      kind: 'role',
      path: '/roles',
      definition: 'role_list_metadata',
      records: ({ user }) => (user.role === 'viewer' ? [] : SYSTEM_ROLES),
      uuid: (role) => role.uuid,
      name: (role) => role.name,
      view: roleView,
    }),
    ...readOnly(world, {
      kind: 'permission',
      path: '/permissions',
      definition: 'permission_list_metadata',
      records: ({ user }) => (user.role === 'viewer' ? [] : SYSTEM_PERMISSIONS),
      uuid: (permission) => permission.uuid,
      name: (permission) => permission.name,
      view: permissionView,
    }),
    ...readOnly(world, {
      ...nothing,
      kind: 'user_group',
      path: '/user_groups',
      definition: 'user_group_list_metadata',
    }),
    ...readOnly(world, {
      ...nothing,
      kind: 'access_control_policy',
      path: '/access_control_policies',
      definition: 'access_control_policy_list_metadata',
    }),
  ];
}

function readOnly<T>(world: World, entity: ReadOnlyKind<T>): Route[] {
  const { kind, path } = entity;
  const attributes = { name: (record: T) => [entity.name(record)] };
  return [
    {
      method: 'POST',
      path: `${path}/list`,
      kind,
      handle: (call) => {
        const input = world.validator.check(entity.definition, call.body, kind);
        const listing = {
          kind,
          records: entity.records(call),
          attributes,
          view: (record: T) => entity.view(record),
        };
        return ok(listAnswer(listing, input));
      },
    },
    {
      method: 'GET',
      path: `${path}/:uuid`,
      kind,
      handle: (call) => {
        const uuid = param(call, 'uuid');
        const record = entity.records(call).find((one) => entity.uuid(one) === uuid);
        if (record === undefined) throw Refusal.notFound(kind, uuid);
        return ok({ api_version: '3.1', ...entity.view(record) });
      },
    },
  ];
}
