import { createHash } from 'node:crypto';
import { PRESET } from '../../src/simulator/index.js';
import { at, listOf, objectOf, type ApiClient } from './api-client.js';
import { started } from './running.js';
import { imageDisk, madeVm, nicOn, reference, vmBody } from './vm-bodies.js';

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
      num_free_ips: 251,
      num_macs: 3,
      num_assigned_ips: 3,
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

describe('images', () => {
  const spec = (resources: object): unknown => ({
    metadata: { kind: 'image' },
    spec: { name: 'img', resources: { image_type: 'DISK_IMAGE', ...resources } },
  });

  test('from a URL: placed where asked, with a size, ready to clone', async () => {
    const { api } = await started();
    const resources = {
      source_uri: 'https://images.example.net/u.qcow2',
      initial_placement_ref_list: [reference('cluster', PRESET.cluster.uuid)],
    };
    const uuid = await made(api, '/images', spec(resources));
    const image = (await api.call('GET', `/images/${uuid}`)).body;
    expect(at(image, 'status')).toMatchObject({
      state: 'COMPLETE',
      resources: {
        size_bytes: 2 ** 31,
        current_cluster_reference_list: resources.initial_placement_ref_list,
      },
    });
    await madeVm(
      api,
      vmBody({ disk_list: [imageDisk({ data_source_reference: reference('image', uuid) })] }),
    );
    expect((await api.work('DELETE', `/images/${uuid}`))['status']).toBe('SUCCEEDED');
  });

  test('by upload: once, with its checksum compared', async () => {
    const { api } = await started();
    const uuid = await made(api, '/images', spec({}));
    const bytes = Buffer.alloc(300_000, 7);
    const upload = (sha256: string): Promise<{ status: number; body: unknown }> =>
      api.call('PUT', `/images/${uuid}/file`, bytes, {
        headers: {
          'content-type': 'application/octet-stream',
          'x-nutanix-checksum-type': 'SHA_256',
          'x-nutanix-checksum-bytes': sha256,
        },
      });
    expect((await upload('00')).status).toBe(400);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect(await upload(sha256)).toMatchObject({ status: 200, body: {} });
    expect((await upload(sha256)).status).toBe(400);
    const image = (await api.call('GET', `/images/${uuid}`)).body;
    expect(at(image, 'status', 'resources', 'size_bytes')).toBe(300_000);
  });

  test("from a VM's disk", async () => {
    const { api } = await started();
    const vm = await api.call('GET', `/vms/${await madeVm(api)}`);
    const disk = String(at(vm.body, 'spec', 'resources', 'disk_list', 0, 'uuid'));
    const uuid = await made(api, '/images', spec({ data_source_reference: reference('vm_disk', disk) }));
    expect(at((await api.call('GET', `/images/${uuid}`)).body, 'status', 'resources', 'size_bytes')).toBe(
      2 ** 31,
    );
    const unknown = spec({ data_source_reference: reference('vm_disk', UNKNOWN) });
    expect((await api.work('POST', '/images', unknown))['status']).toBe('FAILED');
  });

  test('two of one name are two', async () => {
    const { api } = await started();
    const { body } = await api.call('POST', '/images/list', { filter: 'name==golden-image' });
    expect(at(body, 'metadata', 'total_matches')).toBe(2);
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

describe('categories', () => {
  test('keys and values are made by PUT, are flat, and go only when nothing needs them', async () => {
    const { api } = await started();
    const put = await api.call('PUT', '/categories/tier', { name: 'tier', description: 'd' });
    expect([put.status, put.body]).toEqual([
      200,
      {
        api_version: '3.1',
        name: 'tier',
        description: 'd',
        system_defined: false,
        capabilities: { cardinality: 64 },
      },
    ]);
    await api.call('PUT', '/categories/tier/front%20end', { value: 'front end', description: '' });
    const value = await api.call('GET', '/categories/tier/front%20end');
    expect(value.body).toMatchObject({ name: 'tier', value: 'front end', system_defined: false });
    const vm = await madeVm(api, vmBody({}, {}, { categories: { tier: 'front end' } }));
    const remove = async (path: string): Promise<unknown[]> => {
      const { status, body } = await api.call('DELETE', path);
      return [status, body];
    };
    expect(await remove('/categories/tier')).toMatchObject([422, { code: 422 }]);
    expect(await remove('/categories/tier/front%20end')).toMatchObject([422, { code: 422 }]);
    await api.work('DELETE', `/vms/${vm}`);
    expect(await remove('/categories/tier/front%20end')).toEqual([200, undefined]);
    expect(await remove('/categories/tier')).toEqual([200, undefined]);
    expect((await api.call('GET', '/categories/tier')).status).toBe(404);
  });

  test('a missing value has its own reason', async () => {
    const { api } = await started();
    const { status, body } = await api.call('GET', '/categories/env/nowhere');
    expect([status, at(body, 'message_list', 0, 'reason')]).toEqual([404, 'CATEGORY_NAME_VALUE_MISMATCH']);
  });

  test('names are checked', async () => {
    const { api } = await started();
    for (const key of ['a%2Fb', '%20x', 'x'.repeat(65)]) {
      expect((await api.call('PUT', `/categories/${key}`, { name: 'x' })).status).toBe(422);
    }
    expect((await api.call('PUT', '/categories/x', {})).status).toBe(422);
  });

  test('keys and values are listed', async () => {
    const { api } = await started();
    const names = async (path: string, field: string): Promise<unknown[]> =>
      listOf(at((await api.call('POST', path, { kind: 'category' })).body, 'entities')).map((one) =>
        at(one, field),
      );
    expect(await names('/categories/list', 'name')).toEqual(['Environment', 'AppType', 'env']);
    expect(await names('/categories/env/list', 'value')).toEqual(['prod', 'eu', 'test']);
  });
});

describe('groups: storage containers', () => {
  const query = (filter: string): object => ({
    entity_type: 'storage_container',
    filter_criteria: filter,
    group_member_attributes: [{ attribute: 'container_name' }, { attribute: 'cluster' }],
  });

  test('by name: one on each cluster, told apart by their cluster', async () => {
    const { api } = await started();
    const { body } = await api.call('POST', '/groups', query('container_name==default-container'));
    expect(body).toMatchObject({
      entity_type: 'storage_container',
      filtered_entity_count: 2,
      total_entity_count: 3,
    });
    const results = listOf(at(body, 'group_results', 0, 'entity_results'));
    expect(
      results.map((one) => [
        at(one, 'data', 0, 'values', 0, 'values'),
        at(one, 'data', 1, 'values', 0, 'values'),
      ]),
    ).toEqual([
      [['default-container'], [PRESET.cluster.uuid]],
      [['default-container'], [PRESET.secondCluster.uuid]],
    ]);
    expect(at(results, 0, 'entity_id')).toBe(PRESET.defaultContainer.uuid);
  });

  test('no match has no group', async () => {
    const { api } = await started();
    const { body } = await api.call('POST', '/groups', query('container_name==none'));
    expect(body).toMatchObject({ filtered_entity_count: 0, group_results: [] });
  });

  test('other types are refused, not answered with nothing', async () => {
    const { api } = await started();
    expect((await api.call('POST', '/groups', { entity_type: 'mh_vm' })).status).toBe(501);
  });
});

test('versions and volume groups', async () => {
  const { api } = await started();
  expect((await api.call('GET', '/versions')).body).toEqual({ major_version: '3', minor_version: '1' });
  const { body } = await api.call('POST', '/volume_groups/list', {});
  expect(at(body, 'metadata', 'total_matches')).toBe(0);
});
