import { PRESET } from '../../../src/simulator/index.js';
import { at, listOf, type ApiClient } from '../api-client.js';
import { started } from '../running.js';
import { madeVm, nicOn, reference, vmBody } from '../vm-bodies.js';

/** What the console sends with each of its queries. */
const CONSOLE = {
  query_name: '',
  grouping_attribute: ' ',
  group_count: 20,
  group_offset: 0,
  group_attributes: [],
};

const attributes = (...names: string[]): object => ({
  group_member_attributes: names.map((attribute) => ({ attribute })),
});

/** Three VMs: two on the first cluster, of which one is on, and one on the other. */
async function threeVms(api: ApiClient): Promise<Record<'web' | 'db' | 'away', string>> {
  const { secondCluster, secondManagedSubnet } = PRESET;
  const there = { cluster_reference: reference('cluster', secondCluster.uuid) };
  const far = { num_sockets: 10, nic_list: [nicOn(secondManagedSubnet.uuid)] };
  return {
    web: await madeVm(api, vmBody({ power_state: 'ON' }, { name: 'Web-1' })),
    db: await madeVm(api, vmBody({}, { name: 'db-1' }, { categories: { env: 'prod' } })),
    away: await madeVm(api, vmBody(far, { name: 'away-1', ...there })),
  };
}

async function idsOf(api: ApiClient, query: object): Promise<unknown[]> {
  const { body } = await api.call('POST', '/groups', { entity_type: 'mh_vm', ...query });
  return listOf(at(body, 'group_results')).flatMap((group) =>
    listOf(at(group, 'entity_results')).map((one) => at(one, 'entity_id')),
  );
}

describe('groups: VMs', () => {
  test.each(['mh_vm', 'vm'])('%s, asked as the console asks', async (type) => {
    const { api } = await started();
    const vms = await threeVms(api);
    const { status, body } = await api.call('POST', '/groups', {
      entity_type: type,
      ...CONSOLE,
      group_member_count: 2,
      group_member_offset: 0,
      group_member_sort_attribute: 'vm_name',
      group_member_sort_order: 'ASCENDING',
      ...attributes('vm_name', 'power_state', 'ip_addresses', 'cluster_name', 'memory_usage_ppm'),
      filter_criteria: 'is_cvm==0',
    });
    const moment = { time: expect.any(Number) as unknown };
    expect([status, body]).toEqual([
      200,
      {
        entity_type: type,
        filtered_entity_count: 3,
        total_entity_count: 3,
        filtered_group_count: 1,
        total_group_count: 1,
        group_results: [
          {
            group_by_column_value: '',
            total_entity_count: 3,
            entity_results: [
              {
                entity_id: vms.web,
                data: [
                  { name: 'vm_name', values: [{ ...moment, values: ['Web-1'] }] },
                  { name: 'power_state', values: [{ ...moment, values: ['on'] }] },
                  { name: 'ip_addresses', values: [{ ...moment, values: ['127.77.0.10'] }] },
                  { name: 'cluster_name', values: [{ ...moment, values: ['PC-Cluster'] }] },
                  { name: 'memory_usage_ppm', values: [] },
                ],
              },
              expect.objectContaining({ entity_id: vms.away }),
            ],
          },
        ],
      },
    ]);
  });

  test.each<[string, (keyof Awaited<ReturnType<typeof threeVms>>)[]]>([
    ['vm_name==.*[w|W][e|E][b|B].*', ['web']],
    ['vm_name==.*-1;power_state==off', ['db', 'away']],
    ['power_state==ON', []],
    [`cluster==${PRESET.secondCluster.uuid}`, ['away']],
    ['cluster_name==PC-Cluster', ['web', 'db']],
    ['ip_addresses==127.77.0.11', ['db']],
    ['node==[no_val]', ['db', 'away']],
    ['category_name==env;category_value==prod', ['db']],
    ['num_vcpus==10', ['away']],
    [
      `(platform_type!=aws,platform_type==[no_val]);is_cvm==0;power_state==on;cluster==${PRESET.cluster.uuid};vm_type==kGuestVM`,
      ['web'],
    ],
  ])('filtered by %s, and vms/list by the same', async (filter, expected) => {
    const { api } = await started();
    const vms = await threeVms(api);
    const uuids = expected.map((name) => vms[name]);
    expect(await idsOf(api, { filter_criteria: filter })).toEqual(uuids);
    const { body } = await api.call('POST', '/vms/list', { filter });
    expect(listOf(at(body, 'entities')).map((vm) => at(vm, 'metadata', 'uuid'))).toEqual(uuids);
  });

  test('sorted by size of numbers, in pages; a page behind the end is a group without entities', async () => {
    const { api } = await started();
    const { web, db, away } = await threeVms(api);
    const sort = { group_member_sort_attribute: 'num_vcpus', group_member_sort_order: 'DESCENDING' };
    expect(await idsOf(api, sort)).toEqual([away, web, db]);
    const page = { ...sort, group_member_count: 1 };
    expect(await idsOf(api, { ...page, group_member_offset: 0 })).toEqual([away]);
    const { body } = await api.call('POST', '/groups', {
      entity_type: 'vm',
      ...page,
      group_member_offset: 9,
    });
    expect(at(body, 'group_results')).toEqual([
      { group_by_column_value: '', total_entity_count: 3, entity_results: [] },
    ]);
  });

  test('in groups by an attribute: each with its own page, and groups in pages too', async () => {
    const { api } = await started();
    const { away, web } = await threeVms(api);
    const query = { entity_type: 'mh_vm', grouping_attribute: 'cluster_name', group_member_count: 1 };
    const { body } = await api.call('POST', '/groups', query);
    expect(body).toMatchObject({ filtered_entity_count: 3, filtered_group_count: 2, total_group_count: 2 });
    expect(at(body, 'group_results')).toEqual([
      {
        group_by_column_value: 'DR-Cluster',
        total_entity_count: 1,
        entity_results: [{ entity_id: away, data: [] }],
      },
      {
        group_by_column_value: 'PC-Cluster',
        total_entity_count: 2,
        entity_results: [{ entity_id: web, data: [] }],
      },
    ]);
    const second = await api.call('POST', '/groups', { ...query, group_offset: 1, group_count: 1 });
    expect(at(second.body, 'group_results', 0, 'group_by_column_value')).toBe('PC-Cluster');
    const last = await api.call('POST', '/groups', { ...query, group_sort_order: 'DESCENDING' });
    expect(at(last.body, 'group_results', 0, 'group_by_column_value')).toBe('PC-Cluster');
  });

  test('some by their UUIDs; VMs that are not made yet are none', async () => {
    const { api } = await started();
    const { db } = await threeVms(api);
    expect(await idsOf(api, { entity_ids: [db] })).toEqual([db]);
  });
});

describe('groups: clusters and hosts', () => {
  const valuesOf = (body: unknown): unknown[] =>
    listOf(at(body, 'group_results', 0, 'entity_results')).map((one) =>
      listOf(at(one, 'data')).map((field) => at(field, 'values', 0, 'values', 0)),
    );

  test('clusters, with what runs on them', async () => {
    const { api } = await started();
    await threeVms(api);
    const { body } = await api.call('POST', '/groups', {
      entity_type: 'cluster',
      ...attributes('cluster_name', 'service_list', 'num_nodes', 'num_vms', 'external_ip_address'),
      filter_criteria: 'include_pc==true',
      group_member_sort_attribute: 'cluster_name',
      group_member_sort_order: 'ASCENDING',
    });
    expect(valuesOf(body)).toEqual([
      ['DR-Cluster', 'AOS', '1', '1', '10.40.142.131'],
      ['PC-Cluster', 'AOS', '3', '2', '10.40.231.131'],
      ['Unnamed', 'PRISM_CENTRAL', '0', '0', '10.40.231.140'],
    ]);
  });

  test('hosts of a cluster', async () => {
    const { api } = await started();
    const { body } = await api.call('POST', '/groups', {
      entity_type: 'host',
      ...attributes('node_name', 'num_cpu_cores', 'memory_size_bytes', 'num_vms'),
      filter_criteria: `cluster==${PRESET.secondCluster.uuid}`,
    });
    expect(valuesOf(body)).toEqual([['node-4', '48', String(2 * 2 ** 40), '0']]);
  });

  test('other types are refused, not answered with nothing', async () => {
    const { api } = await started();
    const { status, body } = await api.call('POST', '/groups', { entity_type: 'audit' });
    expect([status, at(body, 'message_list', 0, 'reason')]).toEqual([501, 'REQUEST_NOT_SUPPORTED']);
  });

  test('what a filter names and no entity of the type has is refused', async () => {
    const { api } = await started();
    const query = { entity_type: 'cluster', filter_criteria: 'vm_name==x' };
    expect((await api.call('POST', '/groups', query)).status).toBe(422);
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
});
