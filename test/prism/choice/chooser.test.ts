import { createPrismProvider, type PrismProvider } from '../../../src/prism/index.js';
import type { PlacementRequest } from '../../../src/provider/index.js';
import { PRESET, startSimulator } from '../../../src/simulator/index.js';
import { ERROR_CODES } from '../../../src/support/index.js';
import { loopbackCertificate } from '../../simulator/loopback-certificate.js';
import { context, FastClock, KeptLog, rejection, type KeptContext } from '../fixtures.js';
import { data, recordedAnswer, TablePrism, type TableAnswer } from '../v4/table-prism.js';

const ROUTES = 'GET /api/actuator/versionroutes';
const INFO = 'OPTIONS /api/vmm/unversioned/info';
const V3_CLUSTERS = 'POST /api/nutanix/v3/clusters/list';
const V4_CLUSTERS = 'GET /api/clustermgmt/v4.0/config/clusters';
const SPOKEN = 'v4 vmm=4.0 prism=4.0 clustermgmt=4.0 networking=4.0 volumes=4.0 dataprotection=4.0';
const TOKEN_OF_V3 = 'v3:test-web-1-0011223344556677:0005b0f1-8f43-a0f2-02b7-3cecef193712';

const v4 = {
  [ROUTES]: recordedAnswer('other/actuator-versionroutes'),
  [V4_CLUSTERS]: data([]),
  'GET /api/vmm/v4.0/content/images': data([]),
};
const nothing = { status: 200, json: { entities: [] } };
const v3 = { [V3_CLUSTERS]: nothing, 'POST /api/nutanix/v3/images/list': nothing };

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

interface Scene {
  readonly prism: TablePrism;
  readonly provider: PrismProvider;
}

async function start(
  rows: Readonly<Record<string, TableAnswer | (() => TableAnswer)>>,
  more: { readonly api?: string; readonly spokenApi?: string; readonly creationToken?: string } = {},
): Promise<Scene> {
  const prism = await TablePrism.start(rows);
  const { api, ...known } = more;
  const provider = createPrismProvider(
    { ...prism.connection, api },
    {
      ...{ logger: new KeptLog(), clock: new FastClock(), userAgent: 'test/1' },
      settingNames: { fingerprint: '', authorities: '', insecure: '', proxy: '', api: '--nutanix-api' },
      ...known,
    },
  );
  opened.push(prism, provider);
  return { prism, provider };
}

const request: PlacementRequest = {
  ...{ cluster: 'c', image: 'i', subnets: [], categories: [], gpus: [], storageContainers: [] },
  staticAddresses: [],
};

/** Which API a look-up goes to: none of the tables knows the cluster, and each says so with a request of its own. */
async function lookUp(
  { provider, prism }: Scene,
  caller: KeptContext = context(),
): Promise<'v3' | 'v4' | undefined> {
  const before = prism.calls.length;
  await rejection(provider.resolve(request, caller));
  const last = prism.calls.slice(before).findLast((call) => call === V3_CLUSTERS || call === V4_CLUSTERS);
  if (last === undefined) return undefined;
  return last === V4_CLUSTERS ? 'v4' : 'v3';
}

test('auto: v4 where it is served', async () => {
  const scene = await start({ ...v3, ...v4 });
  expect(scene.provider.spokenApi).toBeUndefined();
  expect(await lookUp(scene)).toBe('v4');
  expect(scene.provider.spokenApi).toBe(SPOKEN);
});

test.each([
  ['v4 vmm=4.0 prism=4.0', undefined],
  ['v4 vmm=4.1 prism=4.1', 'cloud-config'],
  ['v3', undefined],
  [undefined, undefined],
])('what user-data has to begin with is known before the first call: %s', async (spokenApi, form) => {
  const { provider } = await start({}, spokenApi === undefined ? {} : { spokenApi });
  expect(provider.userDataForm).toBe(form);
});

test('auto: v3 where it is not', async () => {
  const scene = await start(v3);
  expect(await lookUp(scene)).toBe('v3');
  expect(scene.provider.spokenApi).toBe('v3');
});

describe('auto: a project on a server whose v4 API has none', () => {
  const withProject = { ...request, project: 'dev' };
  const gone = { status: 404, json: { message: 'The requested URL was not found on the server.' } };

  test('v3 is spoken, and said so', async () => {
    const simulator = await startSimulator({ certificate: loopbackCertificate(), pcVersion: 'pc.2024.3' });
    const { host, port, fingerprint, username, password } = simulator;
    const credentials = { kind: 'password', username, password } as const;
    const trust = { kind: 'fingerprint', sha256: fingerprint } as const;
    const tools = { logger: new KeptLog(), clock: new FastClock(), userAgent: 'test/1' };
    const provider = createPrismProvider({ host, port, credentials, trust }, tools);
    opened.push(simulator, provider);
    const caller = context();
    const { cluster, image, project } = PRESET;
    const names = { cluster: cluster.name, image: image.name, project: project.name };
    expect((await provider.resolve({ ...request, ...names }, caller)).project?.id).toBe(project.uuid);
    expect(provider.spokenApi).toBe('v3');
    expect(caller.lines.join()).toContain('cannot put a VM into a project; its v3 API is spoken for this');
    await provider.resolve({ ...request, ...names, project: undefined }, caller);
    expect(simulator.requestCounts()['GET /clustermgmt/config/clusters']).toBeUndefined();
  });

  test('where v3 is gone, v4 says what it cannot do', async () => {
    const rows = { ...v4, [V3_CLUSTERS]: gone, 'POST /api/nutanix/v3/images/list': gone };
    const { provider } = await start({ ...rows, 'POST /api/nutanix/v3/projects/list': gone });
    const error = await rejection(provider.resolve(withProject, context()));
    expect(String(error)).toContain('(vmm 4.0) cannot put a VM into a project');
    expect(provider.spokenApi).toBe(SPOKEN);
  });

  test('where v4 is asked for, it is not left', async () => {
    const { provider, prism } = await start({ ...v3, ...v4 }, { api: 'v4' });
    expect(String(await rejection(provider.resolve(withProject, context())))).toContain('cannot put a VM');
    expect(prism.calls.filter((call) => call.includes('/v3/'))).toEqual([]);
  });
});

test('calls at the same time find it out once', async () => {
  const scene = await start({ ...v3, ...v4 });
  await Promise.all([1, 2, 3].map(async () => await rejection(scene.provider.resolve(request, context()))));
  expect(scene.prism.calls.filter((call) => call === ROUTES)).toHaveLength(1);
});

test('one caller that gives up does not fail the others', async () => {
  const scene = await start({ ...v3, ...v4 });
  const stop = new AbortController();
  const given = rejection(scene.provider.resolve(request, context(stop.signal)));
  const other = lookUp(scene);
  stop.abort();
  expect(await given).toMatchObject({ code: 'cancelled' });
  expect(await other).toBe('v4');
});

test.each<[string, Parameters<typeof start>[1], 'v3' | 'v4']>([
  ['v4 was spoken before', { spokenApi: SPOKEN }, 'v4'],
  ['v3 was spoken before', { spokenApi: 'v3' }, 'v3'],
  ['the VM was made with v3', { creationToken: TOKEN_OF_V3 }, 'v3'],
  ['v3 is asked for', { api: 'v3', spokenApi: SPOKEN }, 'v3'],
])('%s: no request finds it out', async (_what, known, api) => {
  const scene = await start({ ...v3, ...v4 }, known);
  expect(await lookUp(scene)).toBe(api);
  expect(scene.prism.calls.filter((call) => call === ROUTES || call === INFO)).toEqual([]);
});

test('what a program of the future has kept is found out anew', async () => {
  const scene = await start({ ...v3, ...v4 }, { spokenApi: 'v4 vmm=4.9 prism=4.9' });
  expect(await lookUp(scene)).toBe('v4');
  expect(scene.provider.spokenApi).toBe(SPOKEN);
});

describe('v3 is gone', () => {
  test.each<[string, TableAnswer]>([
    ['HTTP 404', { status: 404, text: 'no such path' }],
    ['HTTP 410', { status: 410 }],
    ['HTTP 503', { status: 503, text: 'upstream connect error' }],
  ])('by %s: v4 is spoken, and one line says so', async (how, answer) => {
    const scene = await start({ [V3_CLUSTERS]: answer, ...v4 }, { creationToken: TOKEN_OF_V3 });
    const caller = context();
    expect(await lookUp(scene, caller)).toBe('v4');
    expect(caller.lines).toEqual([
      `Prism Central does not answer on its v3 API any more (${how}); v4 is spoken from now on`,
    ]);
    expect(scene.provider.spokenApi).toBe(SPOKEN);
    expect(await lookUp(scene)).toBe('v4');
    expect(scene.prism.calls.filter((call) => call === ROUTES)).toHaveLength(1);
  });

  test('calls at the same time find it out once, and all go on with v4', async () => {
    const scene = await start({ [V3_CLUSTERS]: { status: 410 }, ...v4 }, { spokenApi: 'v3' });
    const calls = [1, 2, 3].map(async () => await rejection(scene.provider.resolve(request, context())));
    for (const error of await Promise.all(calls)) expect(String(error)).not.toContain('410');
    expect(scene.prism.calls.filter((call) => call === ROUTES)).toHaveLength(1);
  });

  test('without v4 either it is told as it is', async () => {
    const scene = await start({ [V3_CLUSTERS]: { status: 503, text: 'down' } }, { spokenApi: 'v3' });
    expect(await rejection(scene.provider.resolve(request, context()))).toMatchObject({
      code: 'unavailable',
    });
    expect(scene.provider.spokenApi).toBe('v3');
  });

  test('and asked for: the option is named', async () => {
    const scene = await start({ [V3_CLUSTERS]: { status: 410 }, ...v4 }, { api: 'v3' });
    const error = await rejection(scene.provider.resolve(request, context()));
    expect(String(error)).toMatch(/HTTP 410.* does not answer on its v3 API, .*set --nutanix-api to auto\.$/);
  });

  test('a VM that does not exist there is no reason to change', async () => {
    const missing = {
      status: 404,
      json: { message_list: [{ reason: 'ENTITY_NOT_FOUND', message: 'gone' }] },
    };
    const scene = await start({ ...v3, [V3_CLUSTERS]: missing, ...v4 }, { spokenApi: 'v3' });
    await rejection(scene.provider.resolve(request, context()));
    expect(scene.provider.spokenApi).toBe('v3');
  });
});

test('v4 is gone: v3 is spoken again', async () => {
  const scene = await start(v3, { spokenApi: SPOKEN });
  const caller = context();
  expect(await lookUp(scene, caller)).toBe('v3');
  expect(caller.lines).toHaveLength(1);
});

test('while v4 cannot tell, v3 is spoken for now, and nothing is kept', async () => {
  const scene = await start({ ...v3, [ROUTES]: { status: 503, text: 'down' } });
  const caller = context();
  expect(await lookUp(scene, caller)).toBe('v3');
  expect(caller.lines).toEqual([expect.stringContaining('API v3 is spoken for now')]);
  expect(scene.provider.spokenApi).toBeUndefined();
});

test('once it could tell, v4 is kept', async () => {
  let isLater = false;
  const scene = await start({
    ...v3,
    ...v4,
    [ROUTES]: () => (isLater ? v4[ROUTES] : { status: 503, text: 'down' }),
    [V3_CLUSTERS]: () => (isLater ? { status: 410 } : nothing),
  });
  expect(await lookUp(scene)).toBe('v3');
  isLater = true;
  expect(await lookUp(scene)).toBe('v4');
  expect(scene.provider.spokenApi).toBe(SPOKEN);
});

describe('v4 is asked for, and not there as it was', () => {
  const NEWER = 'v4 vmm=4.3 prism=4.4 clustermgmt=4.3 networking=4.4';

  test('in older versions: these are spoken', async () => {
    const scene = await start({ ...v3, ...v4 }, { api: 'v4', spokenApi: NEWER });
    expect(await lookUp(scene)).toBe('v4');
    expect(scene.prism.calls.filter((call) => call === V4_CLUSTERS).length).toBeGreaterThan(0);
    expect(scene.provider.spokenApi).toBe(SPOKEN);
  });

  test('not at all: every call tells its own error, and the option is named', async () => {
    const scene = await start(v3, { api: 'v4', spokenApi: NEWER });
    const errors = ['one', 'two'].map(
      async (cluster) => await rejection(scene.provider.resolve({ ...request, cluster }, context())),
    );
    const texts = (await Promise.all(errors)).map(String);
    for (const [at, name] of ['one', 'two'].entries()) {
      expect(texts[at]).toContain(`"${name}"`);
      expect(texts[at]).toMatch(/does not answer on its v4 API, .*set --nutanix-api to auto\.$/);
    }
    expect(scene.prism.calls).not.toContain(V3_CLUSTERS);
  });

  test('one path of it only: no setting is to blame', async () => {
    const scene = await start({ ...v3, [ROUTES]: v4[ROUTES] }, { api: 'v4', spokenApi: SPOKEN });
    const error = await rejection(scene.provider.resolve(request, context()));
    expect(String(error)).toContain('HTTP 404');
    expect(String(error)).not.toContain('--nutanix-api');
  });

  test('and while the server cannot tell, the error stays as it is', async () => {
    const rows = { ...v3, [ROUTES]: { status: 503, text: 'down' } };
    const scene = await start(rows, { api: 'v4', spokenApi: SPOKEN });
    const error = await rejection(scene.provider.resolve(request, context()));
    expect(String(error)).toContain('HTTP 404');
    expect(String(error)).not.toContain('--nutanix-api');
  });
});

test('v4 asked for where it is not served', async () => {
  const scene = await start(v3, { api: 'v4' });
  const error = await rejection(scene.provider.resolve(request, context()));
  expect(error).toMatchObject({ code: 'unsupported' });
  expect(String(error)).toMatch(/does not serve the v4 API that is asked for: .*Leave --nutanix-api at auto/);
  expect(String(error)).toMatch(/A Prism Element .* has neither: give the address of the Prism Central/);
  expect(scene.prism.calls).not.toContain(V3_CLUSTERS);
});

test('refused credentials end the search', async () => {
  const scene = await start({ ...v3, [ROUTES]: recordedAnswer('B3') });
  const error = await rejection(scene.provider.resolve(request, context()));
  expect(error).toMatchObject({ code: 'unauthenticated' });
  expect(scene.prism.calls).toEqual([ROUTES]);
});

test('an API that nobody knows', () => {
  const connection = { host: 'x', port: 9440, credentials: { kind: 'api-key', key: 'k' } as const };
  const tools = { logger: new KeptLog(), clock: new FastClock(), userAgent: 'test/1' };
  expect(() => createPrismProvider({ ...connection, trust: { kind: 'system' }, api: 'v5' }, tools)).toThrow(
    'there is no API "v5"; there are auto, v3, v4',
  );
  expect(ERROR_CODES).toContain('invalid-input');
});
