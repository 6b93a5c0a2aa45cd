import { at, listOf } from '../api-client.js';
import { started } from '../running.js';

const VIEWER = { username: 'eve', password: 'x', role: 'viewer' } as const;
const AS_VIEWER = { headers: { authorization: `Basic ${Buffer.from('eve:x').toString('base64')}` } };

describe('users', () => {
  test('are listed to the administrator; a viewer sees only himself', async () => {
    const { api } = await started({ users: [VIEWER] });
    const names = (body: unknown): unknown[] =>
      listOf(at(body, 'entities')).map((user) => at(user, 'status', 'name'));
    const all = await api.call('POST', '/users/list', { kind: 'user' });
    expect(names(all.body)).toEqual(['admin', 'eve']);
    const own = await api.call('POST', '/users/list', { kind: 'user' }, AS_VIEWER);
    expect(names(own.body)).toEqual(['eve']);
    expect(JSON.stringify(all.body)).not.toContain('password');
  });

  test('users/me is the user of the list, and can be had by uuid', async () => {
    const { api } = await started({ users: [VIEWER] });
    const me = await api.call('GET', '/users/me', undefined, AS_VIEWER);
    const uuid = String(at(me.body, 'metadata', 'uuid'));
    expect((await api.call('GET', `/users/${uuid}`)).body).toEqual(me.body);
    const admin = await api.call('GET', '/users/me');
    const other = String(at(admin.body, 'metadata', 'uuid'));
    expect((await api.call('GET', `/users/${other}`, undefined, AS_VIEWER)).status).toBe(404);
  });
});

describe('roles and permissions', () => {
  test('are found by name, and a role leads to its permissions', async () => {
    const { api } = await started();
    const { body } = await api.call('POST', '/roles/list', { kind: 'role', filter: 'name==Operator' });
    expect(at(body, 'metadata', 'total_matches')).toBe(1);
    const role = await api.call('GET', `/roles/${String(at(body, 'entities', 0, 'metadata', 'uuid'))}`);
    const [first] = listOf(at(role.body, 'status', 'resources', 'permission_reference_list'));
    const permission = await api.call('GET', `/permissions/${String(at(first, 'uuid'))}`);
    expect(at(permission.body, 'status')).toMatchObject({
      name: at(first, 'name'),
      resources: { kind: 'vm', operation: 'view' },
    });
    expect((await api.call('GET', '/roles/5d0c2a7e-91b4-4c3f-a6d8-7e4b1f902cff')).status).toBe(404);
  });

  test.each(['user_groups', 'access_control_policies'])('%s: there are none', async (path) => {
    const { api } = await started();
    const { status, body } = await api.call('POST', `/${path}/list`, {});
    expect([status, at(body, 'entities')]).toEqual([200, []]);
  });

  test.each(['users', 'user_groups', 'roles', 'access_control_policies'])(
    '%s: making one is not modelled, and said to be',
    async (path) => {
      const { api } = await started();
      expect((await api.call('POST', `/${path}`, {})).status).toBe(501);
    },
  );
});
