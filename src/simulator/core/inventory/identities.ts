/** The virtual switch that every cluster comes with. */
export const VIRTUAL_SWITCH = '5dc597bd-e86f-4440-af9f-65d158ae0588';

/** Roles and permissions that every Prism Central comes with: a few of each, by their real names. */
export interface SystemPermission {
  readonly uuid: string;
  readonly name: string;
  readonly operation: string;
  readonly kind: string;
}

export interface SystemRole {
  readonly uuid: string;
  readonly name: string;
  readonly description: string;
  readonly permissions: readonly SystemPermission[];
}

const VIEW_VM = vmPermission('0f5a8d1c-3f0e-4b6a-8c57-2f1e9d7b6a01', 'View');
const CREATE_VM = vmPermission('0f5a8d1c-3f0e-4b6a-8c57-2f1e9d7b6a02', 'Create');
const UPDATE_VM = vmPermission('0f5a8d1c-3f0e-4b6a-8c57-2f1e9d7b6a03', 'Update');
const DELETE_VM = vmPermission('0f5a8d1c-3f0e-4b6a-8c57-2f1e9d7b6a04', 'Delete');
const CONSOLE_VM = vmPermission('0f5a8d1c-3f0e-4b6a-8c57-2f1e9d7b6a05', 'Access_Console');

export const SYSTEM_PERMISSIONS: readonly SystemPermission[] = [
  VIEW_VM,
  CREATE_VM,
  UPDATE_VM,
  DELETE_VM,
  CONSOLE_VM,
];

export const SYSTEM_ROLES: readonly SystemRole[] = [
  role('5d0c2a7e-91b4-4c3f-a6d8-7e4b1f902c01', 'Super Admin', SYSTEM_PERMISSIONS),
  role('5d0c2a7e-91b4-4c3f-a6d8-7e4b1f902c02', 'Prism Admin', SYSTEM_PERMISSIONS),
  role('5d0c2a7e-91b4-4c3f-a6d8-7e4b1f902c03', 'Prism Viewer', [VIEW_VM]),
  role('5d0c2a7e-91b4-4c3f-a6d8-7e4b1f902c04', 'Project Admin', SYSTEM_PERMISSIONS),
  role('5d0c2a7e-91b4-4c3f-a6d8-7e4b1f902c05', 'Developer', SYSTEM_PERMISSIONS),
  role('5d0c2a7e-91b4-4c3f-a6d8-7e4b1f902c06', 'Operator', [VIEW_VM, UPDATE_VM, CONSOLE_VM]),
  role('5d0c2a7e-91b4-4c3f-a6d8-7e4b1f902c07', 'Consumer', [VIEW_VM, CONSOLE_VM]),
];

function vmPermission(uuid: string, verb: string): SystemPermission {
  return { uuid, name: `${verb}_Virtual_Machine`, operation: verb.toLowerCase(), kind: 'vm' };
}

function role(uuid: string, name: string, permissions: readonly SystemPermission[]): SystemRole {
  return { uuid, name, description: `${name} of the system`, permissions };
}
