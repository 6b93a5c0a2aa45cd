import { at, type Response } from './api-client.js';
import { started } from './running.js';

const USERS = '/api/iam/v4.0/authn/users';
const MESSAGE = /^The requested URL was not found on the server/;

const statuses = (answers: readonly Response[]): number[] => answers.map(({ status }) => status);

describe('an interface, or one namespace of it, goes away while the server runs', () => {
  test.each([404, 410, 503] as const)('%i', async (absent) => {
    const { api, simulator } = await started();
    const ask = async (): Promise<number[]> =>
      statuses([
        await api.call('GET', '/users/me'),
        await api.absolute('GET', USERS),
        await api.absolute('GET', '/api/actuator/versionroutes'),
      ]);
    expect(await ask()).toEqual([200, 200, 200]);
    simulator.addFault({ name: 'away', match: { api: 'v3' }, do: { absent } });
    expect(await ask()).toEqual([absent, 200, 200]);
    simulator.addFault({ name: 'away', match: { api: 'v4' }, do: { absent } });
    expect(await ask()).toEqual([200, absent, absent]);
    simulator.addFault({ name: 'away', match: { path: '/iam/**' }, do: { absent } });
    expect(await ask()).toEqual([200, absent, 200]);
    simulator.clearFaults();
    expect(await ask()).toEqual([200, 200, 200]);
  });

  test('404 in the words of the web framework, 503 in those of a gateway', async () => {
    const { api, simulator } = await started();
    simulator.addFault({ name: 'away', match: { path: '/iam/**' }, do: { absent: 404 } });
    expect(at((await api.absolute('GET', USERS)).body, 'message')).toMatch(MESSAGE);
    simulator.addFault({ name: 'away', match: { path: '/iam/**' }, do: { absent: 503 } });
    expect(await api.absolute('GET', USERS)).toMatchObject({ status: 503, body: 'no healthy upstream' });
  });
});

test('one version of a namespace can be named by its whole path', async () => {
  const { api } = await started({
    pcVersion: 'pc.7.6',
    faults: [{ name: 'f', match: { path: '/api/actuator/*' }, do: { status: 500 } }],
  });
  expect((await api.absolute('GET', '/api/actuator/versionroutes')).status).toBe(500);
  expect((await api.absolute('GET', USERS)).status).toBe(200);
});

test('a rule can count for each path of its own', async () => {
  const { api } = await started({
    faults: [{ name: 'f', match: { path: '/iam/**', nth: 1, perPath: true }, do: { status: 404 } }],
  });
  const answers: Response[] = [];
  for (const path of [USERS, USERS, `${USERS}/me`, `${USERS}/me`, USERS]) {
    answers.push(await api.absolute('GET', path));
  }
  expect(statuses(answers)).toEqual([404, 200, 404, 200, 200]);
});

test('a proxy takes headers away, from requests and from answers', async () => {
  const { api, simulator } = await started({
    faults: [{ name: 'proxy', do: { strip: { answer: ['X-Ntnx-Product'] } } }],
  });
  expect((await api.absolute('GET', USERS)).headers).not.toHaveProperty('x-ntnx-product');
  simulator.addFault({ name: 'proxy', do: { strip: { request: ['Authorization'] } } });
  const { status, headers } = await api.call('GET', '/users/me');
  expect(status).toBe(401);
  expect(headers).toHaveProperty('x-ntnx-product');
});

test('members of an answer can be missing, wherever they are', async () => {
  const { api } = await started({ faults: [{ name: 'f', do: { hide: ['username', 'links'] } }] });
  const { body } = await api.absolute('GET', USERS);
  expect(at(body, 'data', 0)).toMatchObject({ displayName: 'admin' });
  expect(JSON.stringify(body)).not.toMatch(/"(username|links)"/);
});

test('which interface a request was sent to is in the log and on the page', async () => {
  const { api, simulator } = await started({ pcVersion: 'pc.7.6' });
  await api.call('GET', '/users/me');
  await api.absolute('GET', USERS);
  await api.absolute('GET', '/api/vmm/v4.9/ahv/config/vms');
  expect(simulator.snapshot().requests.latest).toMatchObject([
    { api: 'v3', route: 'GET /users/me' },
    { api: 'v4', route: 'GET /iam/authn/users' },
    { api: undefined, route: '(unknown)' },
  ]);
  const { body } = await api.absolute('GET', '/simulator/view');
  expect(at(body, 'requests', 'rows')).toMatchObject([
    { path: '/api/vmm/v4.9/ahv/config/vms' },
    { api: 'v4', path: '/iam/v4.0/authn/users' },
    { api: 'v3', path: '/users/me' },
  ]);
});
