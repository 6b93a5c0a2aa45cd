import type { PlacementRequest } from '../../../../src/provider/index.js';
import { resolvePlacement } from '../../../../src/prism/v3/lookup/resolve.js';
import { OperationError } from '../../../../src/support/index.js';
import { context, rejection, refusal } from '../../fixtures.js';
import { cluster, CLUSTER, image, list, PRISM_CENTRAL, subnet } from '../../placement.js';
import { scriptedBackend } from '../backend.js';

const { start, stop } = scriptedBackend();
afterEach(stop);

const request: PlacementRequest = {
  cluster: 'ganon',
  image: 'deb',
  subnets: ['one', 'two'],
  project: 'dev',
  categories: [{ key: 'env', value: 'prod' }],
  gpus: [],
  storageContainers: [undefined, 'default'],
  staticAddresses: [undefined, '10.0.0.9'],
};

const clusters = list(PRISM_CENTRAL, cluster(CLUSTER, 'ganon', 'AOS'));
const filtered = (byName: Record<string, object>) => (seen: { body: unknown }) => {
  const filter = JSON.stringify(seen.body);
  const found = Object.entries(byName).find(([name]) => filter.includes(`==${name}"`));
  return found === undefined ? list() : list(found[1]);
};

test('everything at once, in the order of the request', async () => {
  const { prism, backend } = await start();
  const managed = { ip_config: { subnet_ip: '10.0.0.0' } };
  const subnets = filtered({ one: subnet('s1', 'one', CLUSTER), two: subnet('s2', 'two', CLUSTER, managed) });
  const container = {
    entity_id: 'c1',
    data: [{ name: 'container_name', values: [{ values: ['default'] }] }],
  };
  prism
    .on('POST clusters/list', clusters)
    .together(
      ['POST subnets/list', subnets],
      ['POST subnets/list', subnets],
      [
        'POST images/list',
        list(image('i1', 'deb', { current_cluster_reference_list: [{ uuid: 'elsewhere' }] })),
      ],
      ['POST projects/list', list({ metadata: { uuid: 'p1' }, status: { name: 'dev' } })],
      ['GET categories/env/prod', { status: 200, json: {} }],
      ['POST groups', { status: 200, json: { group_results: [{ entity_results: [container] }] } }],
    );
  expect(await resolvePlacement(backend, request, context())).toEqual({
    cluster: { id: CLUSTER, name: 'ganon' },
    image: { id: 'i1', name: 'deb' },
    subnets: [
      { id: 's1', name: 'one' },
      { id: 's2', name: 'two' },
    ],
    project: { id: 'p1', name: 'dev' },
    categories: [{ key: 'env', value: 'prod' }],
    gpus: [],
    storageContainers: [undefined, { id: 'c1', name: 'default' }],
    warnings: [expect.stringContaining('is not on cluster') as string],
  });
  prism.done();
  const credentials = prism.requests.map(({ headers }) => headers.authorization !== undefined);
  expect(credentials).toEqual(credentials.map(() => true));
});

test('all problems in one error, with the code of the first', async () => {
  const { prism, backend } = await start();
  const bare: PlacementRequest = { ...request, project: undefined, categories: [], storageContainers: [] };
  prism
    .on('POST clusters/list', clusters)
    .together(
      ['POST subnets/list', list()],
      ['POST subnets/list', list()],
      ['POST subnets/list', list()],
      ['POST subnets/list', list()],
      ['POST images/list', list(image('i1', 'deb', {}, 'ERROR'))],
    );
  const error = await rejection(resolvePlacement(backend, { ...bare, cluster: 'gannon' }, context()));
  expect(error).toMatchObject({ code: 'not-found', attempted: 'look up what the VM refers to' });
  const message = error instanceof OperationError ? error.message : '';
  for (const part of ['cluster "gannon"', 'image "deb"', 'subnet "one"', 'subnet "two"']) {
    expect(message).toContain(`look up ${part}`);
  }
  expect(message).toMatch(/\(1\) .*\(2\) .*\(3\) .*\(4\) /);
});

test('a VM of the name is among the warnings', async () => {
  const { prism, backend } = await start();
  const small: PlacementRequest = { ...request, vmName: 'web-1', project: undefined, categories: [] };
  const namesake = { metadata: { uuid: 'v1' }, status: { name: 'web-1' } };
  prism
    .on('POST clusters/list', clusters)
    .together(
      ['POST images/list', list(image('i1', 'deb', { current_cluster_reference_list: [{ uuid: CLUSTER }] }))],
      ['POST vms/list', list(namesake)],
    );
  const { warnings } = await resolvePlacement(
    backend,
    { ...small, storageContainers: [], subnets: [] },
    context(),
  );
  expect(warnings).toEqual([expect.stringContaining('"web-1" already in Prism Central (v1)')]);
});

test('one problem is told as it is', async () => {
  const { prism, backend } = await start();
  const small: PlacementRequest = {
    ...request,
    project: undefined,
    categories: [],
    storageContainers: [],
    subnets: [],
  };
  prism.on('POST clusters/list', clusters).on('POST images/list', list()).on('POST images/list', list());
  expect(await rejection(resolvePlacement(backend, small, context()))).toMatchObject({
    code: 'not-found',
    attempted: 'look up image "deb"',
  });
});

test('a refused list is about what was looked up there', async () => {
  const { prism, backend } = await start();
  const small: PlacementRequest = {
    ...request,
    project: undefined,
    categories: [],
    storageContainers: [],
    subnets: [],
    gpus: ['M60', 'T4'],
  };
  const image1 = image('i1', 'deb', { current_cluster_reference_list: [{ uuid: CLUSTER }] });
  prism
    .on('POST clusters/list', clusters)
    .together(
      ['POST images/list', list(image1)],
      ['POST hosts/list', refusal(403, 'ACCESS_DENIED', 'Not allowed.')],
    );
  expect(await rejection(resolvePlacement(backend, small, context()))).toMatchObject({
    code: 'permission-denied',
    concerns: { kind: 'GPU', name: 'M60, T4' },
  });
});

test('wrong credentials are shown once and told once', async () => {
  const { prism, backend } = await start();
  prism.on('POST clusters/list', refusal(401, 'AUTHENTICATION_REQUIRED', 'Authentication required.'));
  const error = await rejection(resolvePlacement(backend, request, context()));
  expect(error).toMatchObject({ code: 'unauthenticated' });
  expect(String(error)).not.toContain('(2)');
  expect(prism.calls()).toHaveLength(1);
});

test('a server that is silent is not asked by every look-up in turn', async () => {
  const { prism, backend } = await start();
  for (let attempt = 0; attempt < 4; attempt += 1) prism.on('POST clusters/list', 'reset');
  const error = await rejection(resolvePlacement(backend, request, context()));
  expect(error).toMatchObject({ code: 'unreachable', attempted: 'look up cluster "ganon"' });
  prism.done();
  expect(prism.calls()).toHaveLength(4);
});

test('a deadline ends it with its own words', async () => {
  const { prism, backend } = await start();
  const controller = new AbortController();
  const reason = new OperationError({
    code: 'timeout',
    attempted: 'prepare host',
    problem: 'not done after 5 s',
  });
  prism.on('POST clusters/list', () => {
    controller.abort(reason);
    return 'silence';
  });
  expect(await rejection(resolvePlacement(backend, request, context(controller.signal)))).toMatchObject({
    code: 'timeout',
    attempted: 'prepare host',
    problem: expect.stringMatching(
      /^not done after 5 s; was waiting for the answer of 127\.0\.0\.1:\d+ \(look up cluster "ganon"\)$/,
    ) as string,
  });
});

test('a Prism Element is the only problem that is told', async () => {
  const { prism, backend } = await start();
  const headers = { 'x-ntnx-env': 'pe' };
  const small: PlacementRequest = {
    ...request,
    project: undefined,
    categories: [],
    storageContainers: [],
    subnets: [],
  };
  const ganon = { entities: [cluster(CLUSTER, 'ganon', 'AOS')] };
  prism.on('POST clusters/list', { status: 200, json: ganon, headers });
  prism.on('POST images/list', 'silence');
  expect(await rejection(resolvePlacement(backend, small, context()))).toMatchObject({ code: 'unsupported' });
});
