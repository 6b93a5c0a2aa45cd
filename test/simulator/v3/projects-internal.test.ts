import { PRESET } from '../../../src/simulator/index.js';
import { at } from '../api-client.js';
import { started } from '../running.js';

const resources = {
  subnet_reference_list: [{ kind: 'subnet', uuid: PRESET.managedSubnet.uuid }],
  resource_domain: { resources: [{ resource_type: 'VCPUS', limit: 8 }] },
};
const body = (detail: object, extra: object = {}): object => ({
  api_version: '3.1',
  metadata: { kind: 'project' },
  spec: {
    project_detail: { name: 'internal', resources, ...detail },
    user_list: [],
    user_group_list: [],
    ...extra,
  },
});

describe('projects_internal', () => {
  test('makes, shows and changes what projects has too', async () => {
    const { api } = await started();
    const answer = await api.call('POST', '/projects_internal', body({}));
    expect([answer.status, at(answer.body, 'spec', 'project_detail', 'name')]).toEqual([202, 'internal']);
    const uuid = String(at(answer.body, 'metadata', 'uuid'));
    await api.task(String(at(answer.body, 'status', 'execution_context', 'task_uuid')));

    const plain = await api.call('GET', `/projects/${uuid}`);
    expect(at(plain.body, 'spec')).toEqual({ name: 'internal', resources });
    const changed = await api.work('PUT', `/projects_internal/${uuid}`, body({ description: 'new' }));
    expect(changed['status']).toBe('SUCCEEDED');
    const shown = await api.call('GET', `/projects_internal/${uuid}`);
    expect(at(shown.body, 'spec', 'project_detail')).toEqual({
      name: 'internal',
      description: 'new',
      resources,
    });
    expect(at(shown.body, 'status')).toMatchObject({
      state: 'COMPLETE',
      project_status: { name: 'internal', state: 'COMPLETE', resources: { is_default: false } },
    });
    expect((await api.work('DELETE', `/projects/${uuid}`))['status']).toBe('SUCCEEDED');
    expect((await api.call('GET', `/projects_internal/${uuid}`)).status).toBe(404);
  });

  test('shows quotas also of a project without any', async () => {
    const { api } = await started();
    const shown = await api.call('GET', `/projects_internal/${PRESET.project.uuid}`);
    expect(at(shown.body, 'spec', 'project_detail', 'resources', 'resource_domain')).toEqual({});
  });

  test('an update from an older state is a conflict', async () => {
    const { api } = await started();
    const stale = { ...body({}), metadata: { kind: 'project', spec_version: 7 } };
    expect((await api.work('PUT', `/projects_internal/${PRESET.project.uuid}`, stale))['status']).toBe(
      'FAILED',
    );
  });

  test('members and policies are refused, not forgotten', async () => {
    const { api } = await started();
    const member = {
      operation: 'ADD',
      metadata: { kind: 'user' },
      user: {
        resources: {
          directory_service_user: {
            user_principal_name: 'ann@example.net',
            directory_service_reference: { kind: 'directory_service', uuid: PRESET.vpc.uuid },
          },
        },
      },
    };
    const { status } = await api.call('POST', '/projects_internal', body({}, { user_list: [member] }));
    expect(status).toBe(501);
    const { body: list } = await api.call('POST', '/projects/list', { filter: 'name==internal' });
    expect(at(list, 'metadata', 'total_matches')).toBe(0);
  });

  test('a viewer reads and makes nothing', async () => {
    const { api } = await started({ users: [{ username: 'eve', password: 'x', role: 'viewer' }] });
    const headers = { authorization: `Basic ${Buffer.from('eve:x').toString('base64')}` };
    const shown = await api.call('GET', `/projects_internal/${PRESET.project.uuid}`, undefined, { headers });
    expect(shown.status).toBe(403);
    const made = await api.call('POST', '/projects_internal', body({}), { headers });
    const task = String(at(made.body, 'status', 'execution_context', 'task_uuid'));
    expect(await api.task(task)).toMatchObject({ status: 'FAILED', error_code: 'ACCESS_DENIED' });
  });
});
