import { discoverVersions } from '../../../src/prism/discovery/index.js';
import { createHttpClient } from '../../../src/prism/http/index.js';
import { readErrorBody } from '../../../src/prism/shared/index.js';
import { context, FastClock, KeptLog, rejection } from '../fixtures.js';
import {
  appErrors,
  data,
  recordedAnswer,
  TablePrism,
  UNKNOWN_ROUTE,
  type TableAnswer,
} from '../v4/table-prism.js';

const ROUTES = 'GET /api/actuator/versionroutes';
const INFO = 'OPTIONS /api/vmm/unversioned/info';
const vms = (version: string): string => `GET /api/vmm/${version}/ahv/config/vms`;

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

async function discover(rows: Readonly<Record<string, TableAnswer>>): Promise<{
  readonly found: string;
  readonly calls: readonly string[];
}> {
  const prism = await TablePrism.start(rows);
  const tools = { logger: new KeptLog(), clock: new FastClock(), userAgent: 'test/1', readErrorBody };
  const http = createHttpClient(prism.connection, tools);
  opened.push(prism, http);
  const attempt = { attempted: 'find the versions', signal: context().signal };
  const found = await discoverVersions(http, attempt).then(
    ({ spoken, ...rest }) =>
      spoken === undefined ? `none: ${'why' in rest ? rest.why : ''}` : spoken.toString(),
    (error: unknown) => Promise.reject(error as Error),
  );
  return { found, calls: prism.calls };
}

const table = (...rows: [namespace: string, ...versions: string[]][]): TableAnswer => ({
  status: 200,
  json: rows.map(([namespace, ...versions]) => ({
    namespace,
    versionRoutes: versions.map((version) => ({ version, routes: [] })),
  })),
});
const all40 = 'v4 vmm=4.0 prism=4.0 clustermgmt=4.0 networking=4.0 volumes=4.0 dataprotection=4.0';

test('the recorded table of a pc.2024.3, among alpha and beta versions, in one request', async () => {
  const { found, calls } = await discover({ [ROUTES]: recordedAnswer('other/actuator-versionroutes') });
  expect(found).toBe(all40);
  expect(calls).toEqual([ROUTES]);
});

test('the newest version of each namespace that both sides know', async () => {
  const rows = table(
    ['vmm', 'v4.1', 'v4.10', 'v4.3', 'v4.4.b1'],
    ['prism', 'v4.0', 'v4.4'],
    ['clustermgmt', 'v4.2'],
    ['networking', 'v4.9', 'v4.1'],
    ['multidomain', 'v4.4.b1'],
  );
  const { found } = await discover({ [ROUTES]: rows });
  expect(found).toBe('v4 vmm=4.3 prism=4.4 clustermgmt=4.2 networking=4.1 multidomain=4.4.b1');
});

test.each<[string, TableAnswer, string]>([
  [
    'beta versions only',
    table(['vmm', 'v4.0.b1'], ['prism', 'v4.0'], ['clustermgmt', 'v4.0'], ['networking', 'v4.0']),
    'none: its namespace "vmm" is served as v4.0.b1 only, and v4.0 to v4.3 are spoken here',
  ],
  [
    'a minor version of the future only',
    table(['vmm', 'v4.7'], ['prism', 'v4.0'], ['clustermgmt', 'v4.0'], ['networking', 'v4.0']),
    'none: its namespace "vmm" is served as v4.7 only, and v4.0 to v4.3 are spoken here',
  ],
  [
    'a namespace that is missing',
    table(['vmm', 'v4.0'], ['prism', 'v4.0'], ['clustermgmt', 'v4.0']),
    'none: its namespace "networking" is not served',
  ],
])('%s', async (_what, rows, expected) => {
  expect((await discover({ [ROUTES]: rows })).found).toBe(expected);
});

test.each<[string, TableAnswer]>([
  ['not served', UNKNOWN_ROUTE],
  ['of another form', { status: 200, json: { routes: [] } }],
  ['not JSON', { status: 200, text: '<html>' }],
  ['forbidden', { status: 403, text: 'no' }],
])(
  'a table that is %s: the newest version of vmm, and no other namespace is taken for newer',
  async (_how, rows) => {
    const { found, calls } = await discover({
      [ROUTES]: rows,
      [INFO]: { status: 200, json: { data: 'v4.2' } },
    });
    expect(found).toBe('v4 vmm=4.2 prism=4.2 clustermgmt=4.2 networking=4.2 volumes=4.2 dataprotection=4.2');
    expect(calls).toEqual([ROUTES, INFO]);
  },
);

test('without both, two versions are tried; one that may not be read is served', async () => {
  const denied = appErrors(403, 'RBA-10001', 'RBAC_AUTHORIZATION_ERROR', 'Access denied.');
  const { found, calls } = await discover({ [vms('v4.0')]: denied });
  expect(found).toBe(all40);
  expect(calls).toEqual([ROUTES, INFO, vms('v4.1'), vms('v4.0')]);
  expect((await discover({ [vms('v4.1')]: data([]) })).found).toContain('vmm=4.1');
});

test('a server without any of it', async () => {
  expect((await discover({})).found).toBe('none: no path of it is known there');
});

test.each<[string, Readonly<Record<string, TableAnswer>>, string]>([
  ['refused credentials', { [ROUTES]: recordedAnswer('B3') }, 'unauthenticated'],
  ['a service that is down', { [ROUTES]: { status: 503, text: 'upstream connect error' } }, 'unavailable'],
  ['a namespace that is down', { [vms('v4.0')]: { status: 503 } }, 'unavailable'],
  ['a gateway that forbids everything', { [vms('v4.1')]: { status: 403, text: 'no' } }, 'permission-denied'],
])('%s says nothing of the versions', async (_what, rows, code) => {
  expect(await rejection(discover(rows))).toMatchObject({ code });
});
