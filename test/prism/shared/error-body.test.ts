import { recordedAnswer } from '../v4/table-prism.js';
import { capped, cutText, readErrorBody, readMessages } from '../../../src/prism/shared/index.js';

const recordedBody = (name: string): string => JSON.stringify(recordedAnswer(name).json);

describe('bodies that come with an error', () => {
  test.each<[string, string, { reasons: string[]; text: string }]>([
    [
      'a missing VM',
      '{"api_version":"3.1","code":404,"kind":"vm","message_list":[{"message":"vm : 8f65 does not exist.","reason":"ENTITY_NOT_FOUND"}],"state":"ERROR"}',
      { reasons: ['ENTITY_NOT_FOUND'], text: 'vm : 8f65 does not exist. [ENTITY_NOT_FOUND]' },
    ],
    [
      'details that are a string',
      '{"state":"ERROR","code":401,"message_list":[{"reason":"AUTHENTICATION_REQUIRED","message":"Authentication required.","details":"Basic realm=\\"Intent Gateway Login Required\\""}]}',
      {
        reasons: ['AUTHENTICATION_REQUIRED'],
        text: 'Authentication required.; Basic realm="Intent Gateway Login Required" [AUTHENTICATION_REQUIRED]',
      },
    ],
    [
      'details that are an object of lists, for the whole body and for a field',
      '{"code":422,"message_list":[{"message":"Request could not be processed.","reason":"INVALID_REQUEST","details":{"":["\'api_version\' is a required property"],"spec.name":["too long","empty"]}}]}',
      {
        reasons: ['INVALID_REQUEST'],
        text: "Request could not be processed.; 'api_version' is a required property; spec.name: too long; spec.name: empty [INVALID_REQUEST]",
      },
    ],
    [
      'details that are an empty object',
      '{"message_list":[{"message":"a","reason":"R","details":{}}]}',
      { reasons: ['R'], text: 'a [R]' },
    ],
    [
      'several messages, one without a reason, one that is none',
      '{"message_list":[{"message":"a"},7,{"reason":"R"}]}',
      { reasons: ['R'], text: 'a / [R]' },
    ],
    [
      'line ends and quotes inside',
      '{"state":"ERROR","message_list":[{"reason":"INTERNAL_ERROR","message":"error_code: 27\\nerror_detail: \\"NotSupported\\""}]}',
      { reasons: ['INTERNAL_ERROR'], text: 'error_code: 27 error_detail: "NotSupported" [INTERNAL_ERROR]' },
    ],
    [
      'an unknown path',
      '{"message":"The requested URL was not found on the server."}',
      { reasons: [], text: 'The requested URL was not found on the server.' },
    ],
    ['plain text', 'Internal Server Error', { reasons: [], text: 'Internal Server Error' }],
    ['a gateway’s text', 'upstream connect error\n', { reasons: [], text: 'upstream connect error' }],
    [
      'HTML with a title',
      '<!DOCTYPE html>\n<html><head><title>503 Service Unavailable</title></head><body>x</body></html>',
      { reasons: [], text: '503 Service Unavailable' },
    ],
    [
      'HTML without one',
      '<html><body><h1>Bad</h1><p>gateway</p></body></html>',
      { reasons: [], text: 'Bad gateway' },
    ],
    ['nothing', '', { reasons: [], text: '' }],
    ['null', 'null', { reasons: [], text: 'null' }],
    ['another JSON value', '[1]', { reasons: [], text: '[1]' }],
    ['message_list of another shape', '{"message_list":"no","message":"m"}', { reasons: [], text: 'm' }],
  ])('%s', (_name, body, expected) => {
    expect(readErrorBody(body)).toEqual(expected);
  });

  test('of the v4 API, as recorded: a list', () => {
    expect(readErrorBody(recordedBody('B1'))).toEqual({
      reasons: ['VMM-30400', 'VM_MISSING_REQUEST_ID_HEADER'],
      text: 'Failed to perform the operation because of the missing request Id header. [VMM-30400]',
      meaning: {
        code: 'unsupported',
        advice: expect.stringMatching(/proxy .*\(NTNX-Request-Id\)/) as string,
      },
    });
  });

  test('of the v4 API, as recorded: an object', () => {
    expect(readErrorBody(recordedBody('C2'))).toEqual({
      reasons: ['SchemaValidationError'],
      text: 'Field numSockets : Numeric instance is lower than the required minimum (minimum: 1, found: 0)',
    });
  });

  test('a long one is cut to one line of 600 characters', () => {
    const { text } = readErrorBody(JSON.stringify({ message_list: [{ message: 'ab\n'.repeat(100_000) }] }));
    expect(text).toHaveLength(600);
    expect(text).toMatch(/^ab ab .*…$/);
  });
});

test('a missing list of messages is empty', () => {
  expect(readMessages(undefined)).toEqual({ reasons: [], text: '' });
});

test('control characters become blanks', () => {
  expect(capped('a\u0000\u001b[31mb\u0085c\td')).toBe('a [31mb c d');
});

test('a cut never splits a character', () => {
  expect(cutText('ab😀', 3)).toBe('ab');
  expect(cutText('ab😀', 4)).toBe('ab😀');
  expect(capped('😀😀😀', 4)).toBe('😀…');
});
