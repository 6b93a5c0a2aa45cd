import type { User } from '../../core/users.js';
import type { SystemPermission, SystemRole } from '../../core/inventory/identities.js';

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
