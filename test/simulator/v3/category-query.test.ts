import { PRESET } from '../../../src/simulator/index.js';
import { at, listOf, type ApiClient } from '../api-client.js';
import { started } from '../running.js';
import { madeVm, vmBody } from '../vm-bodies.js';

/** Kind to the names that were found. */
async function found(api: ApiClient, query: object): Promise<Record<string, unknown[]>> {
  const { status, body } = await api.call('POST', '/category/query', query);
  expect(status).toBe(200);
  return Object.fromEntries(
    listOf(at(body, 'results')).map((result) => [
      String(at(result, 'kind')),
      listOf(at(result, 'kind_reference_list')).map((one) => at(one, 'name')),
    ]),
  );
}

async function world(): Promise<ApiClient> {
  const { api } = await started();
  const categories = { Environment: 'Production', AppType: 'Default' };
  await madeVm(api, vmBody({}, { name: 'both' }, { categories }));
  await madeVm(api, vmBody({}, { name: 'one' }, { categories: { Environment: 'Production' } }));
  await madeVm(api, vmBody({}, { name: 'none' }));
  const image = {
    metadata: { kind: 'image', categories: { AppType: 'Default' } },
    spec: { name: 'img', resources: { source_uri: 'https://images.example.net/x.iso' } },
  };
  expect((await api.work('POST', '/images', image))['status']).toBe('SUCCEEDED');
  return api;
}

describe('category/query', () => {
  const params = { Environment: ['Production', 'Testing'], AppType: ['Default'] };

  test('finds what carries any of the values, by kind', async () => {
    const api = await world();
    const category_filter = { type: 'CATEGORIES_MATCH_ANY', params };
    const query = { usage_type: 'APPLIED_TO', category_filter };
    expect(await found(api, query)).toEqual({ image: ['img'], vm: ['both', 'one'] });
    expect(await found(api, { category_filter: { params, kind_list: ['image'] } })).toEqual({
      image: ['img'],
    });
  });

  test('finds what carries one value of each key', async () => {
    const api = await world();
    const category_filter = { type: 'CATEGORIES_MATCH_ALL', params };
    expect(await found(api, { category_filter })).toEqual({ vm: ['both'] });
  });

  test('pages the members, and counts all of them', async () => {
    const api = await world();
    const category_filter = { params: { Environment: ['Production'] } };
    const page = { category_filter, group_member_offset: 1, group_member_count: 5 };
    expect(await found(api, page)).toEqual({ vm: ['one'] });
    const { body } = await api.call('POST', '/category/query', page);
    expect(at(body, 'results', 0)).toMatchObject({ filtered_entity_count: 1, total_entity_count: 2 });
    expect(at(body, 'metadata')).toEqual({
      total_matches: 2,
      usage_type: 'APPLIED_TO',
      group_member_offset: 1,
      group_member_count: 5,
    });
  });

  test('knows no policy, and refuses what the schema does not have', async () => {
    const api = await world();
    expect(await found(api, { usage_type: 'USED_IN', category_filter: { params } })).toEqual({});
    expect((await api.call('POST', '/category/query', { usage_type: 'NEAR' })).status).toBe(422);
  });
});

describe('categories of an image, a subnet, a project', () => {
  const spec = {
    images: { name: 'x', resources: { source_uri: 'https://images.example.net/x.iso' } },
    projects: { name: 'x', resources: {} },
    subnets: {
      name: 'x',
      cluster_reference: { kind: 'cluster', uuid: PRESET.cluster.uuid },
      resources: { subnet_type: 'VLAN', vlan_id: 9 },
    },
  } as const;

  test.each(['images', 'projects', 'subnets'] as const)('%s: a PUT replaces them', async (path) => {
    const { api } = await started();
    const kind = path.slice(0, -1);
    const put = (method: string, where: string, metadata: object): Promise<Record<string, unknown>> =>
      api.work(method, where, { metadata: { kind, ...metadata }, spec: spec[path] });
    const made = await put('POST', `/${path}`, { categories: { Environment: 'Production' } });
    const uuid = String(at(made, 'entity_reference_list', 0, 'uuid'));
    const where = `/${path}/${uuid}`;
    const inUse = await api.call('DELETE', '/categories/Environment/Production');
    expect([inUse.status, at(inUse.body, 'message_list', 0, 'message')]).toEqual([
      422,
      `Category Environment:Production is assigned to ${kind} x.`,
    ]);

    const values = { Environment: ['Testing', 'Production'] };
    await put('PUT', where, { use_categories_mapping: true, categories_mapping: values });
    const { body } = await api.call('GET', where);
    expect(at(body, 'metadata', 'categories_mapping')).toEqual(values);

    const unknown = await put('PUT', where, { categories: { Environment: 'Nowhere' } });
    expect(unknown).toMatchObject({ status: 'FAILED' });
    await put('PUT', where, {});
    const after = await api.call('GET', where);
    expect(at(after.body, 'metadata', 'categories')).toEqual({});
  });
});
