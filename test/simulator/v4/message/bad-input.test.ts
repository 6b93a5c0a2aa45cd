import { at, type Response } from '../../api-client.js';
import { started } from '../../running.js';
import { V4Client } from '../v4-client.js';
import { vmBody } from '../vm/vm-bodies.js';

const VMS = '/api/vmm/v4.3/ahv/config/vms';
const ID = { 'NTNX-Request-Id': 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaa1' };
const pcVersion = 'pc.7.6';

const problems = ({ body }: Response): unknown =>
  at(body, 'data', 'error', 'validationErrorMessages', 0, 'message');

/** [what is wrong, body, what is told of it] */
test.each([
  ['cut off', Buffer.from('{"name":'), /not valid JSON/],
  ['too deep', Buffer.from(`${'['.repeat(70)}${']'.repeat(70)}`), /nested too deeply/],
  ['a bare text', 'text', /./],
  ['a list', [], /./],
  ['null', null, /./],
  ['a number for a name', vmBody({ name: 5 }), /name/],
  ['a text for sockets', vmBody({ numSockets: '2' }), /numSockets/],
  [
    'no sockets',
    vmBody({ numSockets: 0 }),
    /^Field numSockets : Numeric instance is lower than the required minimum/,
  ],
])('a body that is %s is a schema error, and nothing comes of it', async (_case, body, told) => {
  const { api, simulator } = await started({ pcVersion });
  const headers = { ...ID, 'content-type': 'application/json' };
  const answer = await api.absolute('POST', VMS, body, { headers });
  expect(answer.status).toBe(400);
  expect(problems(answer)).toMatch(told);
  expect(answer.body).toMatchObject({
    data: {
      error: {
        error: 'Bad Request',
        path: VMS,
        statusCode: 400,
        $objectType: 'vmm.v4.error.SchemaValidationError',
      },
      $errorItemDiscriminator: 'vmm.v4.error.SchemaValidationError',
    },
    $dataItemDiscriminator: 'vmm.v4.error.ErrorResponse',
  });
  expect(String(at(answer.body, 'data', 'error', 'timestamp'))).toMatch(
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/,
  );
  expect(simulator.vms()).toEqual([]);
});

test('a body that is no JSON at all', async () => {
  const { api } = await started({ pcVersion });
  const headers = { ...ID, 'content-type': 'text/xml' };
  const answer = await api.absolute('POST', VMS, Buffer.from('<vm/>'), { headers });
  expect([answer.status, at(answer.body, 'data', 'error', 0, 'errorGroup')]).toEqual([
    415,
    'UNSUPPORTED_MEDIA_TYPE_ERROR',
  ]);
});

test('a method that a path does not have, and ids of other forms', async () => {
  const { api } = await started({ pcVersion });
  expect(await api.absolute('PUT', VMS, {}, { headers: ID })).toMatchObject({
    status: 405,
    body: { message: 'The method is not allowed for the requested URL.' },
  });
  for (const id of ['1', '%00', '..%2F..', 'é', 'x'.repeat(900)]) {
    const answer = await api.absolute('GET', `${VMS}/${encodeURI(decodeURIComponent(id))}`);
    expect([404, 400]).toContain(answer.status);
    expect(answer.body).not.toBeUndefined();
  }
  const v4 = new V4Client(api);
  const bare = await v4.get('/api/prism/v4.4/config/tasks/0f3c2a9e-0000-5000-8000-000000000001');
  expect(bare.status).toBe(400);
});

test('an account without the right', async () => {
  const users = [{ username: 'eve', password: 'x', role: 'viewer' as const }];
  const { api, simulator } = await started({ pcVersion, users });
  const headers = { ...ID, authorization: `Basic ${Buffer.from('eve:x').toString('base64')}` };
  const answer = await api.absolute('POST', VMS, vmBody(), { headers });
  expect(answer.status).toBe(403);
  expect(answer.body).toMatchObject({
    data: {
      error: [
        {
          code: 'RBA-10001',
          errorGroup: 'RBAC_AUTHORIZATION_ERROR',
          severity: 'ERROR',
          $objectType: 'prism.v4.error.AppMessage',
        },
      ],
    },
  });
  expect(simulator.vms()).toEqual([]);
});

/** What a fault rule answers with nothing but a status is in the words of the namespace. */
test.each([
  [403, 'RBA-10001'],
  [404, 'VMM-30100'],
  [409, 'PLAT-10002'],
  [500, 'VMM-10000'],
  [503, 'PLAT-10053'],
])('an injected %i says %s', async (status, code) => {
  const { api } = await started({ pcVersion, faults: [{ name: 'f', do: { status } }] });
  const answer = await api.absolute('GET', VMS);
  expect([answer.status, at(answer.body, 'data', 'error', 0, 'code')]).toEqual([status, code]);
});
