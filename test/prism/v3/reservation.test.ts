import { giveBack, issueToken } from '../../../src/prism/v3/reservation.js';
import { context, missing, refusal, rejection, VM } from '../fixtures.js';
import { scriptedBackend } from './backend.js';

const { start, stop } = scriptedBackend();
afterEach(stop);

const POST = 'POST idempotence_identifiers';
const reserved = { status: 200, json: { count: 1, uuid_list: [VM.toUpperCase()], client_identifier: 'x' } };

test('one UUID is reserved for a day, under an identifier of this machine alone', async () => {
  const { prism, backend } = await start();
  prism.on(POST, reserved).on(POST, reserved);
  const keys = [await issueToken(backend, 'web 1', context()), await issueToken(backend, 'web 1', context())];
  for (const key of keys) expect(key).toMatch(new RegExp(`^v3:test-driver-web-1-[0-9a-f]{16}:${VM}$`));
  expect(keys[0]).not.toBe(keys[1]);
  const [, clientIdentifier] = (keys[0] ?? '').split(':');
  const body = { client_identifier: clientIdentifier, count: 1, valid_duration_in_minutes: 1_440 };
  expect(prism.bodies(POST)[0]).toEqual(body);
});

test('a lost answer is asked for again with the same identifier', async () => {
  const { prism, backend } = await start();
  prism.on(POST, 'cut').on(POST, reserved);
  await issueToken(backend, 'web-1', context());
  const [first, second] = prism.bodies(POST);
  expect(second).toEqual(first);
  prism.done();
});

test('a repeated request that meets its own reservation uses it', async () => {
  const { prism, backend } = await start();
  prism.on(POST, 'cut').on(POST, ({ body }) => {
    const { client_identifier: name } = body as { client_identifier: string };
    prism.on(`GET idempotence_identifiers/${name}`, reserved);
    return refusal(409, 'ENTITY_ALREADY_EXISTS', 'exists');
  });
  expect(await issueToken(backend, 'web-1', context())).toContain(VM);
  prism.done();
});

test.each([
  refusal(403, 'ACCESS_DENIED', 'No permission'),
  { status: 404, json: { message: 'The requested URL was not found on the server.' } },
  refusal(422, 'INVALID_REQUEST', 'unknown kind'),
  { status: 501, text: '' },
])('a server that refuses (%p) leads to a token of the ownership tag, and says so', async (answer) => {
  const { prism, backend } = await start();
  prism.on(POST, answer);
  const heard = context();
  expect(await issueToken(backend, 'web-1', heard)).toMatch(/^v3-marks:[0-9a-f]{16}$/);
  expect(heard.lines).toEqual([
    expect.stringMatching(/^Prism Central reserves no identity .* by its name and ownership tag$/),
  ]);
});

test('a server that cannot create identifiers at all does too', async () => {
  const { prism, backend } = await start();
  for (let i = 0; i < 4; i += 1) prism.on(POST, refusal(500, 'IDEMPOTENCE_UUID_CREATION_FAILED', 'x'));
  expect(await issueToken(backend, 'web-1', context())).toMatch(/^v3-marks:/);
});

test.each([
  ['wrong credentials', { status: 401, text: '' }, 'unauthenticated', 1],
  ['a server that is down', { status: 503, text: '' }, 'unavailable', 4],
  ['nonsense', { status: 200, json: { uuid_list: ['x'] } }, 'unexpected-response', 1],
])('%s is an error, not a reason to go without', async (_name, answer, code, times) => {
  const { prism, backend } = await start();
  for (let i = 0; i < times; i += 1) prism.on(POST, answer);
  expect(await rejection(issueToken(backend, 'web-1', context()))).toMatchObject({ code });
  prism.done();
});

describe('giving back', () => {
  const DELETE = 'DELETE idempotence_identifiers/a-web-1';

  test.each([
    ['done', { status: 200, text: 'null' }, true],
    ['gone already', missing(), true],
    ['refused', refusal(403, 'ACCESS_DENIED', 'No permission'), false],
  ])('%s', async (_name, answer, released) => {
    const { prism, backend } = await start();
    prism.on(DELETE, answer);
    expect(await giveBack(backend, 'a-web-1', context())).toBe(released);
  });

  test('a server that fails it is no reason to stop', async () => {
    const { prism, backend } = await start();
    for (let i = 0; i < 4; i += 1) prism.on(DELETE, { status: 500, text: 'oops' });
    expect(await giveBack(backend, 'a-web-1', context())).toBe(false);
    prism.done();
  });

  test('wrong credentials are', async () => {
    const { prism, backend } = await start();
    prism.on(DELETE, { status: 401, text: '' });
    expect(await rejection(giveBack(backend, 'a-web-1', context()))).toMatchObject({
      code: 'unauthenticated',
    });
  });
});
