import { SYSTEM_PERMISSIONS, SYSTEM_ROLES } from '../../core/inventory/identities.js';
import type { User } from '../../core/users.js';
import { ok, type Call, type Route } from '../../http/route.js';
import { readOnlyRoutes, type ListDefinition } from '../listing/read-only.js';
import type { V3World } from '../world.js';
import { permissionView, roleView, userView } from './views.js';

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
