import { PRESET } from '../../../../src/simulator/index.js';
import { at, listOf, objectOf } from '../../api-client.js';
import { started } from '../../running.js';
import { vmBody } from '../vm/vm-bodies.js';
import { V4Client } from '../v4-client.js';

const PATH = '/api/prism/v4.4/config/categories';

async function client(): Promise<V4Client> {
  return new V4Client((await started({ pcVersion: 'pc.7.6' })).api);
}

async function idOf(v4: V4Client, key: string, value: string): Promise<string> {
  const filter = encodeURIComponent(`key eq '${key}' and value eq '${value}'`);
  const { body } = await v4.get(`${PATH}?$filter=${filter}`);
  return String(at(body, 'data', 0, 'extId'));
}

async function pairs(v4: V4Client, query = ''): Promise<string[]> {
  const { body } = await v4.get(`${PATH}${query}`);
  const data = at(body, 'data');
  return (data === undefined ? [] : listOf(data)).map(
    (entry) => `${String(at(entry, 'key'))}:${String(at(entry, 'value'))}`,
  );
}

test('each pair that API v3 has is one category, with the same id in every simulator', async () => {
  const [one, other] = [await client(), await client()];
  expect(await pairs(one)).toEqual([
    ...['Environment:Dev', 'Environment:Production', 'Environment:Staging', 'Environment:Testing'],
    ...['AppType:Default', 'AppType:Docker', 'env:prod', 'env:eu', 'env:test'],
  ]);
  expect(await pairs(one, `?$filter=key%20eq%20'env'&$orderby=value%20desc&$limit=2`)).toEqual([
    'env:test',
    'env:prod',
  ]);
  const id = await idOf(one, 'env', 'prod');
  expect(id).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
  expect(await idOf(other, 'env', 'prod')).toBe(id);
  expect(await idOf(one, 'env', 'eu')).not.toBe(id);
});

test('one is made at once, is there in API v3, and is refused a second time', async () => {
  const v4 = await client();
  const made = await v4.change('POST', PATH, { key: 'team', value: "o'brien", description: 'ours' });
  expect(made.status).toBe(201);
  expect(at(made.body, 'data')).toMatchObject({
    key: 'team',
    value: "o'brien",
    type: 'USER',
    description: 'ours',
    $objectType: 'prism.v4.config.Category',
  });
  expect(await pairs(v4, `?$filter=value%20eq%20'o''brien'`)).toEqual(["team:o'brien"]);
  const older = await v4.older.call('GET', `/categories/team/${encodeURIComponent("o'brien")}`);
  expect(older.body).toMatchObject({ name: 'team', value: "o'brien", description: 'ours' });
  const again = await v4.change('POST', PATH, { key: 'team', value: "o'brien" });
  expect([again.status, at(again.body, 'data', 'error', 0, 'errorGroup')]).toEqual([
    409,
    'CATEGORY_ALREADY_EXISTS',
  ]);
});

test('one that API v3 makes is there', async () => {
  const v4 = await client();
  await v4.older.call('PUT', '/categories/Owner', { name: 'Owner' });
  await v4.older.call('PUT', '/categories/Owner/me', { value: 'me', description: 'mine' });
  const { body } = await v4.get(`${PATH}/${await idOf(v4, 'Owner', 'me')}`);
  expect(at(body, 'data')).toMatchObject({ key: 'Owner', value: 'me', description: 'mine' });
});

test('a change of the value keeps the id and those who carry it; a new one of the old name has another id', async () => {
  const v4 = await client();
  const id = await idOf(v4, 'env', 'test');
  const vm = await v4.made(vmBody({ categories: [{ extId: id }] }));
  const { headers } = await v4.get(`${PATH}/${id}`);
  const tag = String(headers['etag']);
  const changed = await v4.change('PUT', `${PATH}/${id}`, { key: 'env', value: 'trial' }, { tag });
  expect(changed.status).toBe(200);
  expect(at((await v4.get(`${PATH}/${id}`)).body, 'data', 'value')).toBe('trial');
  expect(at(await v4.vm(vm), 'categories', 0, 'extId')).toBe(id);
  const older = await v4.older.call('GET', `/vms/${vm}`);
  expect(at(older.body, 'metadata', 'categories_mapping')).toEqual({ env: ['trial'] });
  const anew = await v4.change('POST', PATH, { key: 'env', value: 'test' });
  expect(at(anew.body, 'data', 'extId')).not.toBe(id);
  expect((await pairs(v4)).filter((pair) => pair.startsWith('env:'))).toEqual([
    'env:prod',
    'env:eu',
    'env:trial',
    'env:test',
  ]);
});

test('a change needs the ETag of now', async () => {
  const v4 = await client();
  const id = await idOf(v4, 'env', 'test');
  const tag = String((await v4.get(`${PATH}/${id}`)).headers['etag']);
  const body = { key: 'env', value: 'test', description: 'new' };
  const statuses = [
    (await v4.change('PUT', `${PATH}/${id}`, body)).status,
    (await v4.change('DELETE', `${PATH}/${id}`, undefined, { tag: '*' })).status,
    (await v4.change('PUT', `${PATH}/${id}`, body, { tag })).status,
    (await v4.change('PUT', `${PATH}/${id}`, body, { tag })).status,
    (await v4.change('DELETE', `${PATH}/${id}`, undefined, { tag })).status,
  ];
  expect(statuses).toEqual([428, 412, 200, 412, 412]);
});

test('who carries it is told when it is asked for, and keeps it from being removed', async () => {
  const v4 = await client();
  const id = await idOf(v4, 'AppType', 'Docker');
  const vm = await v4.made(vmBody({ categories: [{ extId: id }] }));
  const counted = await v4.get(`${PATH}/${id}?$expand=associations`);
  expect(at(counted.body, 'data', 'associations')).toMatchObject([
    { categoryId: id, resourceType: 'VM', resourceGroup: 'ENTITY', count: 1 },
  ]);
  const listed = await v4.get(`${PATH}?$filter=extId%20eq%20'${id}'&$expand=detailedAssociations`);
  expect(at(listed.body, 'data', 0, 'detailedAssociations')).toMatchObject([{ resourceId: vm }]);
  expect(objectOf(at((await v4.get(`${PATH}/${id}`)).body, 'data'))).not.toHaveProperty('associations');
  const tag = String(counted.headers['etag']);
  expect((await v4.change('DELETE', `${PATH}/${id}`, undefined, { tag })).status).toBe(400);
  await v4.workOnVm('DELETE', vm, '');
  expect((await v4.change('DELETE', `${PATH}/${id}`, undefined, { tag })).status).toBe(204);
  expect((await v4.get(`${PATH}/${id}`)).status).toBe(404);
  expect((await v4.older.call('GET', '/categories/AppType/Docker')).status).toBe(404);
});

test.each([
  ['no value', { key: 'a' }],
  ['an empty key', { key: '', value: 'b' }],
  ['65 characters', { key: 'a'.repeat(65), value: 'b' }],
  ['a member that there is not', { key: 'a', value: 'b', values: [] }],
  ['no object', []],
])('is refused: %s', async (_name, body) => {
  const v4 = await client();
  const answer = await v4.change('POST', PATH, body);
  expect(answer.status).toBe(400);
  expect(listOf(at(answer.body, 'data', 'error', 'validationErrorMessages'))).not.toEqual([]);
});

test.each([
  '$filter=description%20eq%20%27x%27',
  '$limit=0',
  '$limit=101',
  '$expand=everything',
  '$orderby=type',
])('a list is refused with a schema error: %s', async (query) => {
  const v4 = await client();
  const answer = await v4.get(`${PATH}?${query}`);
  expect(answer.status).toBe(400);
  expect(at(answer.body, 'data', 'error')).toMatchObject({
    validationErrorMessages: [{ location: '@query' }],
    path: PATH,
    statusCode: 400,
  });
});

test('an account without rights sees an empty list, and is refused one by one', async () => {
  const { api } = await started({
    pcVersion: 'pc.7.6',
    users: [{ username: 'viewer', password: 'v', role: 'viewer' }],
  });
  const authorization = `Basic ${Buffer.from('viewer:v').toString('base64')}`;
  const request = { headers: { authorization, 'NTNX-Request-Id': PRESET.vpc.uuid } };
  const lists = [
    PATH,
    '/api/networking/v4.4/config/subnets',
    '/api/clustermgmt/v4.3/config/clusters',
    '/api/clustermgmt/v4.3/config/storage-containers',
    '/api/vmm/v4.3/ahv/config/vms',
    '/api/multidomain/v4.4.b1/config/projects',
  ];
  for (const path of lists) {
    const { status, body } = await api.absolute('GET', path, undefined, request);
    expect([path, status, at(body, 'data'), at(body, 'metadata', 'totalAvailableResults')]).toEqual([
      path,
      200,
      undefined,
      0,
    ]);
  }
  const refused = [
    await api.absolute(
      'GET',
      `/api/clustermgmt/v4.3/config/clusters/${PRESET.cluster.uuid}`,
      undefined,
      request,
    ),
    await api.absolute(
      'GET',
      `/api/networking/v4.4/config/subnets/${PRESET.managedSubnet.uuid}`,
      undefined,
      request,
    ),
    await api.absolute('POST', PATH, { key: 'a', value: 'b' }, request),
  ];
  expect(refused.map(({ status, body }) => [status, at(body, 'data', 'error', 0, 'code')])).toEqual([
    [403, 'RBA-10001'],
    [403, 'RBA-10001'],
    [403, 'RBA-10001'],
  ]);
});
