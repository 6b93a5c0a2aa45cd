import { findCategory } from '../../../../src/prism/v3/lookup/category.js';
import { findProject } from '../../../../src/prism/v3/lookup/project.js';
import { findStorageContainer } from '../../../../src/prism/v3/lookup/storage-container.js';
import { context, refusal, rejection } from '../../fixtures.js';
import { CLUSTER, list, OTHER_CLUSTER } from '../../placement.js';
import type { Answer } from '../../scripted-prism.js';
import { scriptedBackend } from '../backend.js';

const { start, stop } = scriptedBackend();
afterEach(stop);
const home = { id: CLUSTER, name: 'ganon' };

describe('project', () => {
  const project = (uuid: string, resources: object = {}): object => ({
    metadata: { uuid },
    status: { name: 'dev', resources },
  });

  test('is found by name; what it does not list is objected to', async () => {
    const { prism, backend } = await start();
    const resources = {
      cluster_reference_list: [{ uuid: OTHER_CLUSTER }],
      subnet_reference_list: [{ uuid: 's1' }],
    };
    prism.on('POST projects/list', list(project('p1', resources)));
    const { project: found, objections } = await findProject(backend, 'dev', context());
    expect(found).toEqual({ id: 'p1', name: 'dev' });
    const subnets = [
      { id: 's1', name: 'one' },
      { id: 's2', name: 'two' },
    ];
    expect(objections(home, subnets)).toEqual([
      'Project "dev" does not list cluster "ganon".',
      'Project "dev" does not list subnet "two".',
    ]);
  });

  test('without lists there is nothing to object to', async () => {
    const { prism, backend } = await start();
    prism.on('POST projects/list', list(project('p1')));
    const { objections } = await findProject(backend, 'dev', context());
    expect(objections(home, [{ id: 's', name: 'n' }])).toEqual([]);
  });

  test('two of one name', async () => {
    const { prism, backend } = await start();
    prism.on('POST projects/list', list(project('p1'), project('p2')));
    expect(await rejection(findProject(backend, 'dev', context()))).toMatchObject({ code: 'ambiguous' });
  });
});

describe('category', () => {
  const prod = { key: 'my env', value: 'prod/eu' };
  const GET = 'GET categories/my%20env/prod%2Feu';
  const unknown = refusal(404, 'CATEGORY_NAME_VALUE_MISMATCH', 'no such value');

  test('is asked for by key and value, encoded', async () => {
    const { prism, backend } = await start();
    prism.on(GET, { status: 200, json: { name: 'my env', value: 'prod/eu' } });
    expect(await findCategory(backend, prod, context())).toEqual(prod);
    prism.done();
  });

  test('a missing value: the values there are', async () => {
    const { prism, backend } = await start();
    const values = list({ value: 'prod' }, { value: 'test' });
    prism.on(GET, unknown).on('POST categories/my%20env/list', values);
    expect(await rejection(findCategory(backend, prod, context()))).toMatchObject({
      code: 'not-found',
      problem: expect.stringContaining('(key "my env" exists)') as string,
      advice: 'This account sees "my env=prod", "my env=test".',
    });
  });

  test('a missing key: the keys there are', async () => {
    const { prism, backend } = await start();
    prism.on(GET, unknown).on('POST categories/my%20env/list', refusal(404, 'ENTITY_NOT_FOUND', 'no key'));
    prism.on('POST categories/list', list({ name: 'env' }));
    expect(await rejection(findCategory(backend, prod, context()))).toMatchObject({
      problem: expect.stringContaining('(key "my env" does not exist)') as string,
      advice: 'This account sees "env".',
    });
  });

  test('an account that may not read categories uses it unchecked, and is told', async () => {
    const { prism, backend } = await start();
    prism.on(GET, refusal(403, 'ACCESS_DENIED', 'No permission'));
    const heard = context();
    expect(await findCategory(backend, prod, heard)).toEqual(prod);
    expect(heard.lines).toEqual([expect.stringMatching(/ACCESS_DENIED.* used unchecked\.$/)]);
  });
});

describe('storage container', () => {
  const row = (id: string, name: string, cluster: string): object => ({
    entity_id: id,
    data: [
      { name: 'container_name', values: [{ time: 0, values: [name] }] },
      { name: 'cluster', values: [{ time: 0, values: [cluster] }] },
    ],
  });
  const groups = (...rows: object[]): Answer => ({
    status: 200,
    json: { group_results: [{ entity_results: rows }] },
  });
  const UUID = '8a77ce4a-5730-44ea-a281-4c81b1277333';

  async function find(name: string, ...answers: Answer[]): Promise<unknown> {
    const { prism, backend } = await start();
    for (const answer of answers) prism.on('POST groups', answer);
    const found = await findStorageContainer(backend, name, home, context()).catch((error: unknown) => error);
    prism.done();
    return found;
  }

  test('of two of one name, the one of the cluster', async () => {
    const answer = groups(row('c1', 'default', OTHER_CLUSTER), row('c2', 'default', CLUSTER));
    expect(await find('default', answer)).toEqual({ id: 'c2', name: 'default' });
  });

  test('by UUID', async () => {
    expect(await find(UUID.toUpperCase(), groups(row(UUID, 'a', CLUSTER)))).toEqual({ id: UUID, name: 'a' });
  });

  test('on another cluster', async () => {
    expect(await find('a', groups(row('c1', 'a', OTHER_CLUSTER)))).toMatchObject({
      code: 'invalid-input',
      problem: 'it is not on cluster "ganon"',
    });
  });

  test('two on the cluster', async () => {
    expect(await find('a', groups(row('c1', 'a', CLUSTER), row('c2', 'a', CLUSTER)))).toMatchObject({
      code: 'ambiguous',
    });
  });

  test.each([
    ['no groups', { status: 200, json: { group_results: [] } }],
    ['no group_results', { status: 200, json: {} }],
    ['no rows', groups()],
  ])('%s: not found, and rights are mentioned', async (_name, answer) => {
    const error = await find('a', answer);
    expect(error).toMatchObject({ code: 'not-found' });
    expect(String(error)).toContain('sees no storage container at all');
  });

  test('more than a page of them', async () => {
    const rows = Array.from({ length: 260 }, (_, index) => row(`c${index}`, `n${index}`, CLUSTER));
    const answers = [groups(...rows.slice(0, 250)), groups(...rows.slice(250))];
    expect(await find('n255', ...answers)).toEqual({ id: 'c255', name: 'n255' });
  });

  test('a UUID is used unchecked by an account that may not list them; a name cannot be', async () => {
    const denied = refusal(403, 'ACCESS_DENIED', 'No permission');
    expect(await find(UUID, denied)).toEqual({ id: UUID, name: UUID });
    expect(await find('a', denied)).toMatchObject({ code: 'permission-denied' });
  });
});
