import { PRESET } from '../../../src/simulator/index.js';
import { at, objectOf, type ApiClient } from '../api-client.js';
import { started } from '../running.js';
import { madeVm, nicOn, reference, vmBody } from '../vm-bodies.js';

const UNKNOWN = '11111111-2222-3333-4444-555555555555';

async function made(api: ApiClient, path: string, body: unknown): Promise<string> {
  const answer = await api.call('POST', path, body);
  const task = await api.task(String(at(answer.body, 'status', 'execution_context', 'task_uuid')));
  expect(task).toMatchObject({ status: 'SUCCEEDED' });
  return String(at(answer.body, 'metadata', 'uuid'));
}

describe.each(['clusters', 'hosts', 'subnets', 'images', 'projects'])('%s', (path) => {
  test('GET knows its own and no other', async () => {
    const { api } = await started();
    const { body } = await api.call('POST', `/${path}/list`, { length: 1 });
    const uuid = String(at(body, 'entities', 0, 'metadata', 'uuid'));
    const { api_version: version, ...entity } = objectOf((await api.call('GET', `/${path}/${uuid}`)).body);
    expect([version, entity]).toEqual(['3.1', at(body, 'entities', 0)]);
    const missing = await api.call('GET', `/${path}/${UNKNOWN}`);
    const kind = path.slice(0, -1);
    expect([missing.status, at(missing.body, 'message_list', 0)]).toEqual([
      404,
      { message: `${kind} : ${UNKNOWN} does not exist.`, reason: 'ENTITY_NOT_FOUND' },
    ]);
  });
});

describe('subnets', () => {
  const body = {
    metadata: { kind: 'subnet' },
    spec: {
      name: 'new-net',
      cluster_reference: reference('cluster', PRESET.cluster.uuid),
      resources: {
        subnet_type: 'VLAN',
        vlan_id: 7,
        ip_config: {
          subnet_ip: '10.5.0.0',
          prefix_length: 24,
          default_gateway_ip: '10.5.0.1',
          pool_list: [{ range: '10.5.0.20 10.5.0.21' }, { range: '10.5.0.30 10.5.0.30' }],
        },
      },
    },
  };

  test('are made, hand out addresses from all pools, and go when no VM uses them', async () => {
    const { api } = await started();
    const uuid = await made(api, '/subnets', body);
    const nics = [nicOn(uuid), nicOn(uuid), nicOn(uuid)];
    const vm = await madeVm(api, vmBody({ nic_list: nics }));
    const usage = at(
      (await api.call('GET', `/subnets/${uuid}`)).body,
      'status',
      'resources',
      'ip_usage_stats',
    );
    expect(usage).toEqual({
      // Of 256: three NICs, and network, broadcast, gateway and DHCP server.
      num_free_ips: 249,
      num_macs: 3,
      num_assigned_ips: 7,
      ip_pools_stats: [
        { range: '10.5.0.20 10.5.0.21', num_total_ips: 2, num_free_ips: 0 },
        { range: '10.5.0.30 10.5.0.30', num_total_ips: 1, num_free_ips: 0 },
      ],
    });
    expect((await api.work('DELETE', `/subnets/${uuid}`))['status']).toBe('FAILED');
    await api.work('DELETE', `/vms/${vm}`);
    expect((await api.work('DELETE', `/subnets/${uuid}`))['status']).toBe('SUCCEEDED');
    expect((await api.call('GET', `/subnets/${uuid}`)).status).toBe(404);
  });

  test('are changed by PUT from the present version only', async () => {
    const { api } = await started();
    const uuid = await made(api, '/subnets', body);
    const { metadata, spec } = objectOf((await api.call('GET', `/subnets/${uuid}`)).body);
    const put = { metadata, spec: { ...objectOf(spec), name: 'renamed' } };
    expect((await api.work('PUT', `/subnets/${uuid}`, put))['status']).toBe('SUCCEEDED');
    expect(at((await api.call('GET', `/subnets/${uuid}`)).body, 'status', 'name')).toBe('renamed');
    expect(await api.work('PUT', `/subnets/${uuid}`, put)).toMatchObject({
      status: 'FAILED',
      error_code: 'CONCURRENT_REQUESTS_NOT_ALLOWED',
    });
  });

  test('on an unknown cluster: the task fails and nothing is left', async () => {
    const { api } = await started();
    const spec = { ...body.spec, cluster_reference: reference('cluster', UNKNOWN) };
    expect((await api.work('POST', '/subnets', { ...body, spec }))['status']).toBe('FAILED');
    const { body: list } = await api.call('POST', '/subnets/list', { filter: 'name==new-net' });
    expect(at(list, 'metadata', 'total_matches')).toBe(0);
  });
});

describe('projects', () => {
  test('are made, changed and removed; the default one stays', async () => {
    const { api } = await started();
    const body = { metadata: { kind: 'project' }, spec: { name: 'p', resources: {} } };
    const uuid = await made(api, '/projects', body);
    const vm = await madeVm(api, vmBody({}, {}, { project_reference: reference('project', uuid) }));
    expect(at((await api.call('GET', `/vms/${vm}`)).body, 'metadata', 'project_reference')).toEqual({
      kind: 'project',
      name: 'p',
      uuid,
    });
    const put = { ...body, spec: { ...body.spec, description: 'changed' } };
    expect((await api.work('PUT', `/projects/${uuid}`, put))['status']).toBe('SUCCEEDED');
    expect((await api.work('DELETE', `/projects/${uuid}`))['status']).toBe('SUCCEEDED');
    expect((await api.work('DELETE', `/projects/${PRESET.defaultProject.uuid}`))['status']).toBe('FAILED');
  });
});

describe('rules of projects', () => {
  test('a project with clusters or subnets takes VMs on these only', async () => {
    const { api } = await started();
    const resources = {
      cluster_reference_list: [reference('cluster', PRESET.cluster.uuid)],
      subnet_reference_list: [reference('subnet', PRESET.managedSubnet.uuid)],
    };
    const body = { metadata: { kind: 'project' }, spec: { name: 'p', resources } };
    const project = reference('project', await made(api, '/projects', body));
    const outcome = async (vm: unknown): Promise<unknown> =>
      (await api.work('POST', '/vms', vm))['error_code'];
    const metadata = { project_reference: project };
    const open = { cluster_reference_list: [], subnet_reference_list: [] };
    const anywhere = { metadata: { kind: 'project' }, spec: { name: 'q', resources: open } };
    const unbound = { project_reference: reference('project', await made(api, '/projects', anywhere)) };
    expect(await outcome(vmBody({}, {}, unbound))).toBeUndefined();
    expect(await outcome(vmBody({}, {}, metadata))).toBeUndefined();
    const nics = { nic_list: [nicOn(PRESET.unmanagedSubnet.uuid)] };
    expect(await outcome(vmBody(nics, {}, metadata))).toBe('ACCESS_DENIED');
    const elsewhere = { cluster_reference: reference('cluster', PRESET.secondCluster.uuid) };
    expect(await outcome(vmBody({ nic_list: [] }, elsewhere, metadata))).toBe('ACCESS_DENIED');
  });
});

describe('reserved UUIDs', () => {
  test.each([
    ['images', { metadata: { kind: 'image' }, spec: { name: 'i', resources: { image_type: 'DISK_IMAGE' } } }],
    ['subnets', { metadata: { kind: 'subnet' }, spec: { name: 's', resources: { subnet_type: 'VLAN' } } }],
    ['projects', { metadata: { kind: 'project' }, spec: { name: 'p', resources: {} } }],
  ])('serve %s too, once', async (path, body) => {
    const { api } = await started();
    const { body: reservation } = await api.call('POST', '/idempotence_identifiers', { count: 1 });
    const uuid = at(reservation, 'uuid_list', 0);
    const chosen = { ...body, metadata: { ...body.metadata, uuid } };
    const [first, second] = [
      await api.call('POST', `/${path}`, chosen),
      await api.call('POST', `/${path}`, chosen),
    ];
    expect(at(first.body, 'metadata', 'uuid')).toBe(uuid);
    expect(second.body).toEqual(first.body);
    const foreign = { ...body, metadata: { ...body.metadata, uuid: UNKNOWN } };
    expect((await api.work('POST', `/${path}`, foreign))['error_code']).toBe('INVALID_UUID');
  });
});

test('versions and volume groups', async () => {
  const { api } = await started();
  expect((await api.call('GET', '/versions')).body).toEqual({ major_version: '3', minor_version: '1' });
  const { body } = await api.call('POST', '/volume_groups/list', {});
  expect(at(body, 'metadata', 'total_matches')).toBe(0);
});
