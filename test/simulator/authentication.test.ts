import { PRESET } from '../../src/simulator/index.js';
import { at } from './api-client.js';
import { HeldClock } from './held-clock.js';
import { started } from './running.js';

const MINUTE = 60_000;

function cookieOf(headers: Readonly<Record<string, string | string[] | undefined>>): string {
  return String(headers['set-cookie']).split(';')[0] ?? '';
}

const REFUSED = {
  api_version: '3.1',
  code: 401,
  message_list: [
    {
      message: 'Authentication required.',
      reason: 'AUTHENTICATION_REQUIRED',
      details: 'Basic realm="Intent Gateway Login Required"',
    },
  ],
  state: 'ERROR',
};

describe('signing in', () => {
  test('Basic works, and users/me says who it was', async () => {
    const { api } = await started({ username: 'ann', password: 'p:w"d ü' });
    const { status, body } = await api.call('GET', '/users/me');
    expect(status).toBe(200);
    expect(at(body, 'metadata', 'kind')).toBe('user');
    expect(at(body, 'status', 'name')).toBe('ann');
    expect(at(body, 'status', 'resources', 'user_type')).toBe('LOCAL');
  });

  test.each([
    ['nothing', {}],
    ['a wrong password', { authorization: `Basic ${Buffer.from('admin:wrong').toString('base64')}` }],
    ['another scheme', { authorization: 'Bearer abc' }],
    ['bytes that are not Basic', { authorization: 'Basic ' }],
    ['an unknown key', { 'x-ntnx-api-key': 'nope' }],
    ['a forged cookie', { cookie: 'NTNX_IAM_SESSION=eyJzdWIiOiJhZG1pbiJ9.AAAA' }],
    ['a cookie without signature', { cookie: 'NTNX_IAM_SESSION=x' }],
  ])('%s is refused with the body of the real server', async (_, headers) => {
    const { api } = await started();
    const { status, body } = await api.call('GET', '/users/me', undefined, { signIn: false, headers });
    expect([status, body]).toEqual([401, REFUSED]);
  });

  test('it is asked for before the path is looked at, and before the body is read', async () => {
    const { api } = await started();
    const unknown = await api.call('GET', '/nope', undefined, { signIn: false });
    const broken = await api.call('POST', '/vms', Buffer.from('{'), { signIn: false });
    expect([unknown.status, broken.status]).toEqual([401, 401]);
  });

  test('an API key stands for its user, in any spelling of the header, but not beside Basic', async () => {
    const { api } = await started({
      apiKey: 'key-1',
      users: [{ username: 'eve', password: 'x', role: 'viewer', apiKey: 'key-2' }],
    });
    const name = async (headers: Record<string, string>): Promise<unknown> => {
      const answer = await api.call('GET', '/users/me', undefined, { signIn: false, headers });
      return at(answer.body, 'status', 'name');
    };
    expect(await name({ 'X-Ntnx-Api-Key': 'key-1' })).toBe('admin');
    expect(await name({ 'x-ntnx-api-key': 'key-2' })).toBe('eve');
    expect(await name({ 'x-ntnx-api-key': 'key-1', authorization: api.authorization })).toBeUndefined();
  });
});

describe('sessions', () => {
  test('the cookie of any answer signs in for 15 minutes and is not made longer by use', async () => {
    const clock = new HeldClock();
    const { api } = await started({ clock });
    const first = await api.call('GET', '/nope');
    expect(first.status).toBe(404);
    const cookie = cookieOf(first.headers);
    const again = async (): Promise<number> =>
      (
        await api.call('GET', '/users/me', undefined, {
          signIn: false,
          headers: { cookie: `a=b; ${cookie}` },
        })
      ).status;
    expect(await again()).toBe(200);
    await clock.advance(14 * MINUTE);
    expect(await again()).toBe(200);
    await clock.advance(MINUTE);
    expect(await again()).toBe(401);
  });

  test('all can be ended at once; Basic then gives a new one', async () => {
    const { simulator, api } = await started();
    const sessionStatus = async (cookie: string): Promise<number> =>
      (await api.call('GET', '/users/me', undefined, { signIn: false, headers: { cookie } })).status;
    const old = cookieOf((await api.call('GET', '/users/me')).headers);
    simulator.expireSessions();
    expect(await sessionStatus(old)).toBe(401);
    expect(await sessionStatus(cookieOf((await api.call('GET', '/users/me')).headers))).toBe(200);
  });

  test('a cookie of one simulator means nothing to another', async () => {
    const [one, other] = [await started(), await started()];
    const cookie = cookieOf((await one.api.call('GET', '/users/me')).headers);
    const answer = await other.api.call('GET', '/users/me', undefined, {
      signIn: false,
      headers: { cookie },
    });
    expect(answer.status).toBe(401);
  });

  test('before IAMv2 the cookie has another name, and the server another face', async () => {
    const { api } = await started({ pcVersion: '5.20' });
    const { headers } = await api.call('GET', '/users/me');
    expect(cookieOf(headers)).toMatch(/^NTNX_IGW_SESSION=/);
    expect(headers['server']).toBe('Apache');
    expect(headers['x-ntnx-product']).toBeUndefined();
  });
});

describe('a viewer', () => {
  const users = [{ username: 'eve', password: 'x', role: 'viewer' as const }];
  const asEve = { headers: { authorization: `Basic ${Buffer.from('eve:x').toString('base64')}` } };

  test.each(['vms', 'clusters', 'subnets', 'images', 'projects', 'hosts', 'categories'])(
    'gets an empty list of %s, not a 403',
    async (kind) => {
      const { api } = await started({ users });
      const { status, body } = await api.call('POST', `/${kind}/list`, {}, asEve);
      expect([status, at(body, 'metadata', 'total_matches')]).toEqual([200, 0]);
    },
  );

  test('is refused a single entity', async () => {
    const { api } = await started({ users });
    const path = `/images/${PRESET.image.uuid}`;
    const { status, body } = await api.call('GET', path, undefined, asEve);
    expect([status, body]).toEqual([
      403,
      {
        api_version: '3.1',
        code: 403,
        state: 'ERROR',
        message_list: [
          {
            reason: 'ACCESS_DENIED',
            message: `No permission to access the resource. <Request '/api/nutanix/v3${path}' [GET]>`,
          },
        ],
      },
    ]);
  });

  test('changes nothing: at once on old versions, in the task on newer ones', async () => {
    const old = await started({ users, pcVersion: 'pc.2021.9' });
    const body = { metadata: { kind: 'vm' }, spec: { name: 'a', resources: {} } };
    const refused = await old.api.call('POST', '/vms', body, asEve);
    expect([refused.status, at(refused.body, 'message_list', 0, 'reason')]).toEqual([403, 'ACCESS_DENIED']);
    const now = await started({ users });
    const accepted = await now.api.call('POST', '/vms', body, asEve);
    expect(accepted.status).toBe(202);
    const task = await now.api.task(String(at(accepted.body, 'status', 'execution_context', 'task_uuid')));
    expect([task['status'], task['error_code']]).toEqual(['FAILED', 'ACCESS_DENIED']);
    expect(now.simulator.vms()).toEqual([]);
  });
});

test('pc.7.6 names its session otherwise and lets it live for hours', async () => {
  const clock = new HeldClock();
  const { api } = await started({ pcVersion: 'pc.7.6', clock });
  const { headers } = await api.call('GET', '/users/me');
  const [cookie = ''] = [headers['set-cookie']].flat();
  expect(cookie).toMatch(/^NTNX_SESSION_ID=\S+;Max-Age=29700;Path=\/;Secure;HttpOnly;SameSite=Lax$/);
  const session = { signIn: false, headers: { cookie: cookie.split(';')[0] ?? '' } };
  const ask = async (): Promise<number> =>
    (await api.absolute('GET', '/api/iam/v4.0/authn/users', undefined, session)).status;
  await clock.advance(29_699_000);
  expect(await ask()).toBe(200);
  await clock.advance(1_000);
  expect(await ask()).toBe(401);
});

test('a wrong password is told as late as recorded', async () => {
  const clock = new HeldClock();
  const { api, simulator } = await started({ profile: 'real', clock });
  const headers = { authorization: `Basic ${Buffer.from('admin:wrong').toString('base64')}` };
  const answer = api.call('GET', '/users/me', undefined, { signIn: false, headers });
  while (clock.sleeping === 0) await new Promise(setImmediate);
  await clock.advance(4_399);
  await new Promise(setImmediate);
  expect(simulator.snapshot().requests.latest.map(({ status }) => status)).toEqual([undefined]);
  await clock.advance(1);
  expect((await answer).status).toBe(401);
});
