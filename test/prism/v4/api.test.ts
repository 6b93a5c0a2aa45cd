import { z } from 'zod';
import { changeVm } from '../../../src/prism/v4/vm/change.js';
import { createVm } from '../../../src/prism/v4/vm/create.js';
import { removeVm } from '../../../src/prism/v4/vm/remove.js';
import { resizeVm } from '../../../src/prism/v4/vm/resize.js';
import type { VmSpec } from '../../../src/provider/index.js';
import { context, rejection, VM } from '../fixtures.js';
import { spec } from '../spec.js';
import {
  appErrors,
  data,
  tableScenes,
  type Asked,
  type TableAnswer,
  type TableScene,
} from './table-prism.js';

const { start, stop } = tableScenes();
afterEach(stop);

const SPOKEN = 'v4 vmm=4.3 prism=4.0 clustermgmt=4.0 networking=4.0';
const VMS = (version: string): string => `/api/vmm/v${version}/ahv/config/vms`;
const MISSING = appErrors(404, 'VMM-30100', 'VM_NOT_FOUND', 'VM is not found');
const DENIED = appErrors(403, 'RBA-10001', 'RBAC_AUTHORIZATION_ERROR', 'Access denied.');
const attempt = { attempted: 'list VMs', signal: context().signal };

async function list({ backend }: TableScene): Promise<unknown> {
  const request = { namespace: 'vmm', method: 'GET', path: '/ahv/config/vms', answer: z.unknown() } as const;
  return (await backend.api.send(request, attempt)).data;
}

describe('a version that the server does not know', () => {
  test('is left for the one below, from then on and for this namespace only', async () => {
    const scene = await start({ [`GET ${VMS('4.2')}`]: data([{ extId: VM }]) }, SPOKEN);
    expect(await list(scene)).toEqual([{ extId: VM }]);
    expect(await list(scene)).toEqual([{ extId: VM }]);
    const asked = ['4.3', '4.2', '4.2'].map((version) => `GET ${VMS(version)}`);
    expect(scene.prism.calls).toEqual(asked);
    expect(scene.backend.api.spokenApi).toBe(SPOKEN.replace('vmm=4.3', 'vmm=4.2'));
  });

  test('by calls at the same time: one step', async () => {
    const scene = await start({ [`GET ${VMS('4.2')}`]: data([]), [`GET ${VMS('4.1')}`]: data([]) }, SPOKEN);
    await Promise.all([list(scene), list(scene), list(scene)]);
    expect(scene.backend.api.versionOf('vmm')).toBe('4.2');
    expect(scene.prism.calls).not.toContain(`GET ${VMS('4.1')}`);
  });

  test('nor the one below: two are asked for, one error, and what is known of the server stays', async () => {
    const scene = await start({}, SPOKEN);
    for (const round of [1, 2]) {
      expect(await rejection(list(scene))).toMatchObject({
        code: 'unsupported',
        attempted: 'list VMs',
        problem: expect.stringMatching(/^Prism Central answered HTTP 404: The requested URL/) as string,
      });
      expect(scene.prism.calls).toHaveLength(2 * round);
    }
    expect(scene.prism.calls.slice(2)).toEqual([`GET ${VMS('4.3')}`, `GET ${VMS('4.2')}`]);
    expect(scene.backend.api.spokenApi).toBe(SPOKEN);
  });

  test('and there is none below: one request', async () => {
    const scene = await start({}, SPOKEN.replace('vmm=4.3', 'vmm=4.0'));
    expect(await rejection(list(scene))).toMatchObject({ code: 'unsupported' });
    expect(scene.prism.calls).toEqual([`GET ${VMS('4.0')}`]);
  });

  test.each<[string, TableAnswer, string, string]>([
    ['refused by the API: it is served', DENIED, 'permission-denied', '4.2'],
    ['not served now: nothing is known', { status: 501, text: 'no' }, 'unsupported', '4.3'],
  ])('and the one below is %s', async (_what, answer, code, spoken) => {
    const scene = await start({ [`GET ${VMS('4.2')}`]: answer }, SPOKEN);
    expect(await rejection(list(scene))).toMatchObject({ code });
    expect(scene.backend.api.versionOf('vmm')).toBe(spoken);
  });
});

test.each<[string, TableAnswer, string]>([
  ['an entity that is not there', MISSING, 'not-found'],
  ['a path that is forbidden', DENIED, 'permission-denied'],
])('%s is no reason to leave a version', async (_what, answer, code) => {
  const scene = await start({ [`GET ${VMS('4.3')}`]: answer, [`GET ${VMS('4.2')}`]: data([]) }, SPOKEN);
  expect(await rejection(list(scene))).toMatchObject({ code });
  expect(scene.prism.calls).toEqual([`GET ${VMS('4.3')}`]);
  expect(scene.backend.api.spokenApi).toBe(SPOKEN);
});

test('a namespace that the server does not have: nothing is sent', async () => {
  const { prism, backend } = await start({}, SPOKEN);
  const request = { namespace: 'volumes', method: 'GET', path: '/x', answer: z.unknown() } as const;
  expect(await rejection(backend.api.send(request, attempt))).toMatchObject({
    code: 'unsupported',
    problem: expect.stringMatching(/does not serve the namespace "volumes" of the v4 API/) as string,
  });
  expect(prism.calls).toEqual([]);
});

describe('what is sent to a version below has the form of that version', () => {
  const REQUEST_ID = 'cccccccc-cccc-4ccc-8ccc-cccccccccccc';
  const token = `v4:${REQUEST_ID}`;
  const TASK = 'ZXJnb24=:22b602b6-ab4a-5b7a-aa38-c14de3362c0f';
  const POWER_ON = 'ZXJnb24=:22b602b6-ab4a-5b7a-aa38-c14de3362c10';
  const task = (extId: string): TableAnswer =>
    data({ extId, status: 'SUCCEEDED', entitiesAffected: [{ extId: VM, rel: 'vmm:ahv:config:vm' }] });
  const stored = { extId: VM, name: 'web-1', description: `[test-driver ${token}]`, powerState: 'OFF' };

  /** A server that has vmm 4.0 only, while 4.1 is what was found out before. */
  async function olderServer(
    rows: Readonly<Record<string, TableAnswer | ((asked: Asked) => TableAnswer)>> = {},
  ): Promise<TableScene & { readonly bodies: () => readonly unknown[] }> {
    const vms = VMS('4.0');
    const scene = await start(
      {
        [`POST ${vms}`]: data({ extId: TASK }),
        [`GET ${vms}/${VM}`]: data(stored, { etag: 'tag:1' }),
        [`POST ${vms}/${VM}/$actions/power-on`]: data({ extId: POWER_ON }),
        [`GET /api/prism/v4.0/config/tasks/${TASK}`]: task(TASK),
        [`GET /api/prism/v4.0/config/tasks/${POWER_ON}`]: task(POWER_ON),
        ...rows,
      },
      SPOKEN.replace('vmm=4.3', 'vmm=4.1'),
    );
    const bodies = (): readonly unknown[] =>
      scene.prism.asked.filter(({ path }) => path.endsWith('/vms')).map(({ body }) => body);
    return { ...scene, bodies };
  }

  test('a create: NICs in their older form, under the same request id', async () => {
    const { prism, backend, bodies } = await olderServer();
    expect(await createVm(backend, token, spec, context())).toBe(VM);
    expect(prism.calls.slice(0, 2)).toEqual([`POST ${VMS('4.1')}`, `POST ${VMS('4.0')}`]);
    expect(prism.asked.slice(0, 2).map(({ headers }) => headers['ntnx-request-id'])).toEqual([
      REQUEST_ID,
      REQUEST_ID,
    ]);
    const subnet = { extId: 'subnet-1' };
    const [first, second] = bodies() as readonly Readonly<Record<string, unknown>>[];
    expect(first?.['nics']).toMatchObject([{ nicBackingInfo: {}, nicNetworkInfo: { subnet } }]);
    const network = { nicType: 'NORMAL_NIC', subnet };
    expect(second?.['nics']).toEqual([{ backingInfo: { isConnected: true }, networkInfo: network }]);
    expect({ ...first, nics: 0 }).toEqual({ ...second, nics: 0 });
    expect(backend.api.versionOf('vmm')).toBe('4.0');
  });

  test('a create with a project, which the older version has not: it is refused, and not sent', async () => {
    const { prism, backend } = await olderServer();
    const placement = { ...spec.placement, project: { id: 'project-1', name: 'dev' } };
    const inProject: VmSpec = { ...spec, placement };
    expect(await rejection(createVm(backend, token, inProject, context()))).toMatchObject({
      code: 'unsupported',
      attempted: 'create VM "web-1"',
      problem: expect.stringMatching(/^API v4\.0 .* project "dev" was asked for$/) as string,
    });
    expect(prism.calls).toEqual([`POST ${VMS('4.1')}`]);
  });

  test('a removal that claims a request id has the same body in all versions', async () => {
    const failed = data({ extId: TASK, status: 'FAILED', errorMessages: [] });
    const { backend, bodies } = await olderServer({
      [`GET /api/prism/v4.0/config/tasks/${TASK}`]: failed,
      [`GET ${VMS('4.0')}`]: data([]),
    });
    await removeVm(backend, { name: 'web-1', creationToken: token }, context());
    const [first, second] = bodies();
    expect(second).toEqual(first);
    expect(second).toMatchObject({ powerState: 'ON' });
  });

  test('a resize reads and writes in the same version', async () => {
    let size = { numSockets: 1, numCoresPerSocket: 1, memorySizeBytes: 2 ** 30 };
    const { prism, backend } = await olderServer({
      [`GET ${VMS('4.0')}/${VM}`]: () => data({ ...stored, ...size }, { etag: 'tag:1' }),
      [`PUT ${VMS('4.0')}/${VM}`]: ({ body }) => {
        size = body as typeof size;
        return data({ extId: TASK });
      },
    });
    await resizeVm(backend, VM, { sockets: 2, coresPerSocket: 1, memoryMiB: 1024 }, context());
    const one = (method: string, version: string): string => `${method} ${VMS(version)}/${VM}`;
    expect(prism.calls.slice(0, 3)).toEqual([one('GET', '4.1'), one('GET', '4.0'), one('PUT', '4.0')]);
    expect(size).toEqual({ ...stored, numSockets: 2, numCoresPerSocket: 1, memorySizeBytes: 2 ** 30 });
  });

  test('a PUT whose version went away after the reading is not sent in another one', async () => {
    const { prism, backend } = await start(
      {
        [`GET ${VMS('4.3')}/${VM}`]: data(stored),
        [`PUT ${VMS('4.2')}/${VM}`]: data({ extId: TASK }),
        [`GET /api/prism/v4.0/config/tasks/${TASK}`]: task(TASK),
      },
      SPOKEN,
    );
    const change = {
      attempted: 'change VM',
      isDone: () => false,
      request: () => ({ method: 'PUT', path: `/ahv/config/vms/${VM}`, body: stored }) as const,
    };
    expect(await rejection(changeVm(backend, VM, change, context()))).toMatchObject({ code: 'unsupported' });
    expect(prism.calls.filter((call) => call.startsWith('PUT'))).toEqual([`PUT ${VMS('4.3')}/${VM}`]);
  });
});
