import { ApiLimits, parseLimits } from '../../../src/simulator/http/api-limits.js';
import { HeldClock } from '../held-clock.js';
import { started } from '../running.js';

const LIST = '/api/iam/v4.0/authn/users';

describe('counting', () => {
  test('each endpoint and all together, anew in every second', () => {
    const limits = new ApiLimits({ all: 3, endpoints: { a: 1 }, others: 2, retryAfter: false });
    const refused = (endpoint: string, now: number): boolean => limits.take(endpoint, now).isRefused;
    expect([refused('a', 0), refused('a', 999), refused('b', 999), refused('b', 999)]).toEqual([
      false,
      true,
      false,
      true,
    ]);
    expect([refused('a', 1000), refused('b', 1001), refused('c', 1002), refused('d', 1999)]).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });

  test('the headers say what is left, and when there is more only where nothing is', () => {
    const limits = new ApiLimits({ all: 40, endpoints: { list: 2 }, retryAfter: true });
    expect(limits.take('list', 5_100).headers).toEqual({
      'X-Api-Ratelimit-Limit': '2',
      'X-Api-Ratelimit-Remaining': '1',
      'X-Api-Ratelimit-Reset': '0',
      'X-Api-Ratelimit-Refresh-Period-Seconds': '1',
      'X-Ratelimit-Limit': '40',
      'X-Ratelimit-Remaining': '39',
      'X-Ratelimit-Reset': '0',
    });
    expect(limits.take('list', 5_872).headers).toMatchObject({
      'X-Api-Ratelimit-Remaining': '0',
      'X-Api-Ratelimit-Reset': '128',
      'X-Ratelimit-Remaining': '38',
    });
    expect(limits.take('list', 5_900)).toMatchObject({ isRefused: true, headers: { 'Retry-After': '1' } });
    expect(limits.take('other', 5_900).headers).not.toHaveProperty('X-Api-Ratelimit-Limit');
  });
});

test('a file that is wrong is told field by field', () => {
  const wrong = { all: 0, endpoints: { x: 'y' }, more: 1 };
  expect(() => parseLimits(wrong, 'f.yaml')).toThrow(/f\.yaml.*all: .*endpoints\.x: .*"more"/);
  expect(parseLimits({ all: 5 }, 'f')).toEqual({ all: 5, endpoints: {}, retryAfter: true });
});

test('over HTTP: recorded limits strike on v4 and not on v3; who is not known is told nothing of them', async () => {
  const { api } = await started({ v4Limits: 'recorded', clock: new HeldClock() });
  const statuses: number[] = [];
  for (let call = 0; call < 10; call += 1) statuses.push((await api.absolute('GET', LIST)).status);
  expect(statuses).toEqual([200, 200, 200, 200, 200, 200, 200, 200, 429, 429]);
  const refused = await api.absolute('GET', LIST);
  expect(refused.headers).toMatchObject({ 'retry-after': '1', 'x-api-ratelimit-remaining': '0' });
  expect(refused.body).toMatchObject({ data: { error: [{ errorGroup: 'RATE_LIMIT_EXCEEDED' }] } });
  expect((await api.call('GET', '/users/me')).headers).not.toHaveProperty('x-ratelimit-limit');
  const nobody = await api.absolute('GET', LIST, undefined, { signIn: false });
  expect(nobody.headers).not.toHaveProperty('x-ratelimit-limit');
});

test('over HTTP: a table of one own, with a 429 that does not say when to come again', async () => {
  const v4Limits = { endpoints: { 'GET /iam/authn/users': 1 }, retryAfter: false };
  const { api } = await started({ v4Limits, clock: new HeldClock() });
  expect((await api.absolute('GET', LIST)).status).toBe(200);
  const { status, headers } = await api.absolute('GET', LIST);
  expect(status).toBe(429);
  expect(headers).not.toHaveProperty('retry-after');
  const { status: other, headers: without } = await api.absolute('GET', `${LIST}/me`);
  expect([other, without['x-ratelimit-limit']]).toEqual([200, undefined]);
});

test('without them there are no such headers', async () => {
  const { api } = await started();
  expect((await api.absolute('GET', LIST)).headers).not.toHaveProperty('x-ratelimit-limit');
});
