import {
  type SystemPermission,
  type SystemRole,
  SYSTEM_PERMISSIONS,
  SYSTEM_ROLES,
} from '../core/inventory/identities.js';
import type { User } from '../core/world.js';
import { ok, type Call, type Route } from '../http/route.js';
import { readOnlyRoutes, type ListDefinition } from './listing/read-only.js';
import type { V3World } from './world.js';

/** A user of Prism Central's own, as `users/me` shows him; directories are not modelled. */
export function userView(user: User): Record<string, unknown> {
  return {
    metadata: { kind: 'user', uuid: user.uuid, spec_version: 0, categories: {} },
    spec: { resources: {} },
    status: {
      state: 'COMPLETE',
      name: user.username,
      resources: {
        user_type: 'LOCAL',
        display_name: user.username,
        projects_reference_list: [],
        access_control_policy_reference_list: [],
      },
    },
  };
}

export function roleView(role: SystemRole): Record<string, unknown> {
  const { uuid, name, description } = role;
  const resources = {
    permission_reference_list: role.permissions.map((permission) => ({
      kind: 'permission',
      uuid: permission.uuid,
      name: permission.name,
    })),
  };
  return {
    metadata: { kind: 'role', uuid, spec_version: 0, categories: {} },
    spec: { name, description, resources },
    status: { state: 'COMPLETE', name, description, is_system_defined: true, resources },
  };
}

export function permissionView(permission: SystemPermission): Record<string, unknown> {
  const { uuid, name, operation, kind } = permission;
  const description = name.replaceAll('_', ' ');
  const resources = { operation, kind, fields: { field_mode: 'DISALLOWED', field_name_list: [] } };
  return {
    metadata: { kind: 'permission', uuid, spec_version: 0, categories: {} },
    spec: { name, description, resources },
    status: { state: 'COMPLETE', name, description, resources },
  };
}

interface Identity {
  readonly uuid: string;
  readonly name: string;
}

/** Who may do what: read-only. Directories are not modelled, so no group and no policy is there. */
export function identityRoutes(world: V3World): Route[] {
  const all = <T>(records: readonly T[]): Visible<T> => {
    return ({ user }) => (user.role === 'viewer' ? [] : records);
  };
  const visibleUsers: Visible<User & Identity> = ({ user }) =>
    (user.role === 'viewer' ? [user] : world.users).map((one) => ({ ...one, name: one.username }));
  const none = (): never[] => [];
  return [
    {
      method: 'GET',
      path: '/users/me',
      kind: 'user',
      handle: ({ user }) => ok({ api_version: '3.1', ...userView(user) }),
    },
    ...routes(world, ['user', 'users', 'user_list_metadata'], visibleUsers, userView),
    ...routes(world, ['role', 'roles', 'role_list_metadata'], all(SYSTEM_ROLES), roleView),
    ...routes(
      world,
      ['permission', 'permissions', 'permission_list_metadata'],
      all(SYSTEM_PERMISSIONS),
      permissionView,
    ),
    ...routes(world, ['user_group', 'user_groups', 'user_group_list_metadata'], none, noView),
    ...routes(
      world,
      ['access_control_policy', 'access_control_policies', 'access_control_policy_list_metadata'],
      none,
      noView,
    ),
  ];
}

type Visible<T> = (call: Call) => readonly T[];

function routes<T extends Identity>(
  world: V3World,
  [kind, plural, listDefinition]: readonly [string, string, ListDefinition],
  visible: Visible<T>,
  view: (record: T) => Record<string, unknown>,
): Route[] {
  return readOnlyRoutes(world, {
    kind,
    plural,
    listDefinition,
    listed: visible,
    find: (uuid, call) => visible(call).find((record) => record.uuid === uuid),
    attributes: { name: ({ name }: T) => [name] },
    view,
  });
}

function noView(): Record<string, unknown> {
  return {};
}
