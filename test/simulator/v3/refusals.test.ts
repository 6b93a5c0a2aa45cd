import { Refusal, refusalShape, type RefusalFacts } from '../../../src/simulator/core/refusal.js';
import { errorAnswers } from '../../../src/simulator/v3/error-body.js';
import { failureFromMessage, unprocessable } from '../../../src/simulator/v3/refusal.js';

const message = 'plain words';
const REQUEST = { path: '/vms/1', now: 0 };
const id = '5c1e5e4c-0000-4000-8000-000000000001';

/** What v3 makes of the facts: status, reason, text, kind. */
const WORDS: [RefusalFacts, number, string, string, string?][] = [
  [{ code: 'unauthenticated', message }, 401, 'AUTHENTICATION_REQUIRED', message],
  [
    { code: 'forbidden', method: 'PUT', path: '/vms/1', message },
    403,
    'ACCESS_DENIED',
    "No permission to access the resource. <Request '/vms/1' [PUT]>",
  ],
  [{ code: 'rate-limited', message }, 429, 'TOO_MANY_REQUESTS', message],
  [{ code: 'malformed-body', message }, 400, 'INVALID_REQUEST', 'Request could not be processed.'],
  [{ code: 'unsupported-media-type', message }, 415, 'UNSUPPORTED_MEDIA_TYPE_ERROR', message],
  [{ code: 'bad-request', status: 413, message }, 413, 'INVALID_REQUEST', message],
  [{ code: 'injected-answer', status: 503, message }, 503, 'SERVICE_UNAVAILABLE', message],
  [
    { code: 'not-found', entityType: 'storage_container', id, message },
    404,
    'ENTITY_NOT_FOUND',
    `storage_container : ${id} does not exist.`,
    'storage_container',
  ],
  [
    { code: 'not-found', entityType: 'category_value', id: 'Tier:gold', message },
    404,
    'CATEGORY_NAME_VALUE_MISMATCH',
    'Category Tier:gold does not exist.',
  ],
  [
    { code: 'already-exists', entityType: 'vm', id, message },
    400,
    'ENTITY_ALREADY_EXISTS',
    `The UUID ${id} is in use`,
    'vm',
  ],
  [{ code: 'in-use', entityType: 'subnet', id, message }, 422, 'ENTITY_DELETION_FAILED', message, 'subnet'],
  [
    { code: 'not-ready', entityType: 'image', id, name: 'a', message },
    400,
    'INVALID_ARGUMENT',
    message,
    'vm',
  ],
  [
    { code: 'edit-conflict', entityType: 'vm', message },
    409,
    'CONCURRENT_REQUESTS_NOT_ALLOWED',
    'Edit conflict: please retry change.',
    'vm',
  ],
  [
    { code: 'edit-conflict', entityType: 'vm', compared: { sent: '1', current: '2' }, message },
    409,
    'CONCURRENT_REQUESTS_NOT_ALLOWED',
    'Logical timestamp mismatch: (1 vs 2)',
    'vm',
  ],
  [
    { code: 'no-resources', lacking: 'gpus', message },
    500,
    'RESOURCE_SHORTAGE',
    `RESOURCE_SHORTAGE: ${message}`,
  ],
  [{ code: 'address-not-managed', subnetUuid: id, message }, 500, 'INTERNAL_ERROR', `(15, ${message})`],
  [
    { code: 'disk-shrinks', adapter: 'SCSI', index: 0, vmName: 'a', message },
    500,
    'INTERNAL_ERROR',
    'error_code: 27\nerror_detail: "NotSupported: Can\\\'t shrink disk at scsi.0 of VM a"',
  ],
  [
    { code: 'powered-off', vmUuid: id, vmName: 'a', message },
    500,
    'INTERNAL_ERROR',
    `InvalidVmState: ${message}`,
  ],
  [{ code: 'injected-failure', errorCode: 'NO_LUCK', message }, 500, 'NO_LUCK', message],
  [{ code: 'interface-rule', words: { v9: { status: 418 } }, message }, 500, 'INTERNAL_ERROR', message],
];

test.each(WORDS.map((row) => ({ row, code: row[0].code })))('$code is told in the words of v3', ({ row }) => {
  const [facts, status, reason, text, kind] = row;
  const { body, ...answer } = errorAnswers.refused(new Refusal(facts), REQUEST);
  expect(answer).toEqual({ status });
  expect(body).toEqual({
    api_version: '3.1',
    code: status,
    ...(kind === undefined ? {} : { kind }),
    message_list: [expect.objectContaining({ reason, message: text })],
    state: 'ERROR',
  });
});

test('facts are plain JSON, so that a record can keep them', () => {
  for (const [facts] of WORDS) {
    const saved: unknown = JSON.parse(JSON.stringify(facts));
    expect(refusalShape.parse(saved)).toEqual(facts);
  }
});

test("v3's own refusals keep their words through a saved state", () => {
  const { facts } = unprocessable({ 'spec.name': ['too long'] }, 'vm');
  expect(
    errorAnswers.refused(new Refusal(refusalShape.parse(JSON.parse(JSON.stringify(facts)))), REQUEST),
  ).toEqual({
    status: 422,
    body: {
      api_version: '3.1',
      code: 422,
      kind: 'vm',
      message_list: [
        {
          message: 'Request could not be processed.',
          reason: 'INVALID_REQUEST',
          details: { 'spec.name': ['too long'] },
        },
      ],
      state: 'ERROR',
    },
  });
});

test('the message of an entity in an older state is its failure', () => {
  expect(failureFromMessage({ message: 'no', reason: 'NO_LUCK' })).toMatchObject({ message: 'no' });
  expect(failureFromMessage(undefined)).toBeUndefined();
});
