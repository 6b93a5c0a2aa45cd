import type { PlacementRequest } from '../../../../src/provider/index.js';
import { resolvePlacement } from '../../../../src/prism/v4/lookup/resolve.js';
import { OperationError } from '../../../../src/support/index.js';
import { context, rejection } from '../../fixtures.js';
import {
  appErrors,
  data,
  recordedAnswer,
  tableScenes,
  type Asked,
  type TableAnswer,
} from '../table-prism.js';

const { start, stop } = tableScenes();
afterEach(stop);

/** The cluster of the recordings; its id has version digit 7 and no valid variant. */
const CLUSTER = '000633d6-6577-7490-6614-ac1f6b3d8797';
const OTHER = '000633d6-0000-6000-4444-000000000002';
const GIB = 2 ** 30;

const request: PlacementRequest = {
  vmName: 'web-1',
  cluster: 'Acme',
  image: 'deb',
  subnets: ['one'],
  project: undefined,
  categories: [],
  gpus: [],
  storageContainers: [],
  staticAddresses: [],
};

const byName =
  (entities: readonly { readonly name?: string; readonly [key: string]: unknown }[]) =>
  ({ query }: Asked): TableAnswer => {
    const filter = query.get('$filter');
    if (filter === null) return data(entities);
    const name = /^name eq '(.*)'$/s.exec(filter)?.[1]?.replaceAll("''", "'");
    return data(entities.filter((one) => one.name === name));
  };

const image = (name: string, more: object = {}): { readonly name: string } => ({
  name,
  ...{ extId: `${name}-image`, type: 'DISK_IMAGE', sizeBytes: 2 * GIB, clusterLocationExtIds: [CLUSTER] },
  ...more,
});
const subnet = (name: string, more: object = {}): { readonly name: string } => ({
  name,
  ...{ extId: `${name}-subnet`, subnetType: 'VLAN', clusterReference: CLUSTER },
  ...more,
});

const pairs = [
  { extId: 'category-1', key: 'env', value: 'prod' },
  { extId: 'category-2', key: 'env', value: "it's" },
];
const categories = ({ query }: Asked): TableAnswer => {
  const filter = query.get('$filter') ?? '';
  const [, key, value] = /^key eq '((?:[^']|'')*)'(?: and value eq '((?:[^']|'')*)')?$/.exec(filter) ?? [];
  const fits = (wanted: string | undefined, is: string): boolean =>
    wanted === undefined || wanted.replaceAll("''", "'") === is;
  return data(pairs.filter((one) => fits(key, one.key) && fits(value, one.value)));
};

const gpu = (deviceName: string, more: object = {}): object => ({
  deviceName,
  ...{ deviceId: 7864, vendorName: 'kNvidia', type: 'PASSTHROUGH_COMPUTE', mode: 'UNUSED', assignable: 1 },
  ...more,
});

/** Two recorded lists and small ones for the rest. */
const world = {
  'GET /api/clustermgmt/v4.3/config/clusters': recordedAnswer('other/clustermgmt-list-clusters'),
  'GET /api/clustermgmt/v4.3/config/storage-containers': recordedAnswer(
    'other/clustermgmt-list-storage-containers',
  ),
  'GET /api/vmm/v4.3/content/images': byName([
    image('deb'),
    image('twin', { extId: 'twin-1', clusterLocationExtIds: [OTHER] }),
    image('twin', { extId: 'twin-2' }),
    image('iso', { type: 'ISO_IMAGE' }),
    image('fresh', { sizeBytes: undefined }),
    image("it's"),
  ]),
  'GET /api/networking/v4.3/config/subnets': { status: 500 },
  'GET /api/networking/v4.4/config/subnets': byName([
    subnet('one'),
    subnet('one', { extId: 'one-elsewhere', clusterReference: OTHER }),
    subnet('managed', {
      ipConfig: [{ ipv4: { ipSubnet: { ip: { value: '10.0.0.0' }, prefixLength: 24 } } }],
    }),
    subnet('far', { clusterReference: undefined, clusterReferenceList: [OTHER] }),
    subnet('overlay', { subnetType: 'OVERLAY', clusterReference: undefined }),
  ]),
  'GET /api/prism/v4.4/config/categories': categories,
  [`GET /api/clustermgmt/v4.3/config/clusters/${CLUSTER}/physical-gpu-profiles`]: data([
    { physicalGpuConfig: gpu('Tesla', { assignable: 2 }) },
    { physicalGpuConfig: gpu('Divided', { mode: 'USED_FOR_VIRTUAL' }) },
  ]),
  [`GET /api/clustermgmt/v4.3/config/clusters/${CLUSTER}/virtual-gpu-profiles`]: data([
    { virtualGpuConfig: gpu('Slice', { type: 'VIRTUAL', deviceId: 5 }) },
  ]),
  'GET /api/multidomain/v4.4.b1/config/projects': byName([{ extId: 'project-1', name: 'dev' }]),
  'GET /api/vmm/v4.3/ahv/config/vms': byName([{ extId: 'vm-7', name: 'web-1' }]),
};

type Row = TableAnswer | ((asked: Asked) => TableAnswer);
const withDate =
  (row: Row, date: string) =>
  (asked: Asked): TableAnswer => {
    const answer = typeof row === 'function' ? row(asked) : row;
    const others = Object.entries(answer.headers ?? {}).filter(([name]) => name !== 'Date');
    return { ...answer, headers: { ...Object.fromEntries(others), date } };
  };

test('everything at once', async () => {
  const { prism, backend } = await start(world);
  const placement = await resolvePlacement(
    backend,
    {
      ...request,
      subnets: ['one', 'managed', 'overlay'],
      staticAddresses: [undefined, '10.0.0.9', undefined],
      project: 'dev',
      categories: pairs.map(({ key, value }) => ({ key, value })),
      gpus: ['Tesla', 'Slice', 'Tesla'],
      storageContainers: [undefined, 'objectslbf8e4e06dc914c986bda705a63122237'],
    },
    context(),
  );
  const tesla = { name: 'Tesla', vendor: 'NVIDIA', mode: 'PASSTHROUGH_COMPUTE', deviceId: 7864 };
  expect(placement).toEqual({
    cluster: { id: CLUSTER, name: 'Acme' },
    image: { id: 'deb-image', name: 'deb' },
    subnets: [
      { id: 'one-subnet', name: 'one' },
      { id: 'managed-subnet', name: 'managed' },
      { id: 'overlay-subnet', name: 'overlay' },
    ],
    project: { id: 'project-1', name: 'dev' },
    categories: [
      { key: 'env', value: 'prod', id: 'category-1' },
      { key: 'env', value: "it's", id: 'category-2' },
    ],
    gpus: [tesla, { name: 'Slice', vendor: 'NVIDIA', mode: 'VIRTUAL', deviceId: 5 }, tesla],
    storageContainers: [
      undefined,
      // The id of disks, not extId: the recorded list has none.
      { id: '28d98e49-cf27-44e7-a7b8-bdddaaedecbb', name: 'objectslbf8e4e06dc914c986bda705a63122237' },
    ],
    warnings: [expect.stringContaining('"web-1" already in Prism Central (vm-7)') as string],
  });
  expect(prism.asked.every(({ method }) => method === 'GET')).toBe(true);
});

test('all problems in one error', async () => {
  const { backend } = await start(world);
  const wrong: PlacementRequest = {
    ...request,
    image: 'dev',
    subnets: ['far', 'one'],
    staticAddresses: [undefined, '10.0.0.9'],
    project: 'prod',
    categories: [
      { key: 'env', value: 'test' },
      { key: 'place', value: 'x' },
    ],
    gpus: ['Tesla', 'Tesla', 'Tesla'],
    storageContainers: ['nowhere'],
  };
  const error = await rejection(resolvePlacement(backend, wrong, context()));
  const message = error instanceof OperationError ? error.message : '';
  const parts = [
    'look up image "dev": there is no image of that name or UUID. This account sees "deb"',
    `look up subnet "far": it is not a network of cluster "Acme"; it belongs to ${OTHER}`,
    'look up subnet "one": the static address 10.0.0.9 needs a subnet whose addresses Prism manages (IPAM)',
    'look up project "prod": there is no project of that name or UUID. This account sees "dev".',
    'look up category "env=test": there is no category of that name or UUID (key "env" exists)',
    'look up category "place=x": there is no category of that name or UUID (key "place" does not exist)',
    'cluster "Acme" does not have all of them unused ("Tesla": 3 wanted, 2 unused)',
    'look up storage container "nowhere": there is no storage container of that name or UUID',
  ];
  for (const part of parts) expect(message).toContain(part);
  expect(message).toContain(`(${parts.length}) `);
});

test.each<[string, Partial<PlacementRequest>, string, string]>([
  ['a cluster that is missing', { cluster: 'Acne' }, 'not-found', 'This account sees "Acme".'],
  ['Prism Central itself', { cluster: 'Unnamed' }, 'invalid-input', 'this is the Prism Central itself'],
  ['an ISO', { image: 'iso' }, 'invalid-input', 'it is of type ISO_IMAGE'],
  [
    'an upload under way',
    { image: 'fresh' },
    'invalid-input',
    'its state is UPLOADING (size 0), not COMPLETE',
  ],
  [
    'a disk that is too small',
    { systemDiskGiB: 1 },
    'invalid-input',
    'does not fit on a system disk of 1 GiB',
  ],
  ['a GPU that is unknown', { gpus: ['Volta'] }, 'not-found', 'of that name or UUID on cluster "Acme"'],
  ['a GPU that is divided', { gpus: ['Divided'] }, 'invalid-input', '"Divided": 1 wanted, 0 unused'],
])('%s', async (_what, changed, code, words) => {
  const { backend } = await start(world);
  const error = await rejection(resolvePlacement(backend, { ...request, ...changed }, context()));
  expect(error).toMatchObject({ code });
  expect(String(error)).toContain(words);
});

test('of two images of one name that on the cluster is meant, and a quote is no end of a filter', async () => {
  const { backend } = await start(world);
  const twin = await resolvePlacement(backend, { ...request, image: 'twin' }, context());
  expect(twin.image.id).toBe('twin-2');
  const quoted = await resolvePlacement(backend, { ...request, image: "it's" }, context());
  expect(quoted.image.id).toBe("it's-image");
});

test('a project where projects have no names: its id is taken, a name is refused in one sentence', async () => {
  const { prism, backend } = await start(world, 'v4 vmm=4.3 prism=4.4 clustermgmt=4.3 networking=4.4');
  const id = '0F3C2A9E-0000-6000-4000-000000000001';
  const { project } = await resolvePlacement(backend, { ...request, project: id }, context());
  expect(project?.id).toBe(id.toLowerCase());
  const error = await rejection(resolvePlacement(backend, { ...request, project: 'dev' }, context()));
  expect(error).toMatchObject({ code: 'invalid-input', concerns: { kind: 'project', name: 'dev' } });
  expect(String(error)).toContain('does not tell projects by name. Give the project');
  expect(prism.calls.some((call) => call.includes('multidomain'))).toBe(false);
});

test('without the right to see images the operation is named', async () => {
  const denied = appErrors(403, 'RBA-10001', 'RBAC_AUTHORIZATION_ERROR', 'Access denied.');
  const { backend } = await start({ ...world, 'GET /api/vmm/v4.3/content/images': denied });
  const error = await rejection(resolvePlacement(backend, request, context()));
  expect(error).toMatchObject({ code: 'permission-denied' });
  expect(String(error)).toContain('lacks the operation "View_Image"');
});

test.each<[number, string]>([
  [10, 'is 10 minutes ahead of that of Prism Central'],
  [-10, 'is 10 minutes behind that of Prism Central'],
])('a clock that is %i minutes off is a warning', async (minutes, words) => {
  const date = new Date(Date.now() - minutes * 60_000).toUTCString();
  const images = { ...data([image('deb')]), headers: { date } };
  const rows = Object.fromEntries(Object.entries(world).map(([path, row]) => [path, withDate(row, date)]));
  const { backend } = await start({ ...rows, 'GET /api/vmm/v4.3/content/images': images });
  const { warnings } = await resolvePlacement(backend, request, context());
  expect(warnings.at(-1)).toContain(words);
});

test('more entities than one page holds', async () => {
  const many = Array.from({ length: 250 }, (_one, index) => image(`image-${index}`));
  const paged = ({ query }: Asked): TableAnswer => {
    const [page, limit] = ['$page', '$limit'].map((name) => Number(query.get(name)));
    return data(query.has('$filter') ? [] : many.slice((page ?? 0) * (limit ?? 0)).slice(0, limit));
  };
  const { backend } = await start({ ...world, 'GET /api/vmm/v4.3/content/images': paged });
  const error = await rejection(resolvePlacement(backend, { ...request, image: 'image-249x' }, context()));
  expect(String(error)).toContain('and 245 more');
});
