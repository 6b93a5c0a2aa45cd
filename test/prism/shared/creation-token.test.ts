import * as fc from 'fast-check';
import {
  asWord,
  formatCreationToken,
  isUuid,
  parseCreationToken,
  requestIdOf,
  type Identity,
} from '../../../src/prism/shared/index.js';

const vmId = '11111111-2222-4333-8444-555555555555';

test('keys are versioned text', () => {
  expect(formatCreationToken({ kind: 'reserved', clientIdentifier: 'a-web', vmId })).toBe(`v3:a-web:${vmId}`);
  expect(formatCreationToken({ kind: 'tagged', token: 'ab12' })).toBe('v3-marks:ab12');
  expect(formatCreationToken({ kind: 'requested', requestId: vmId })).toBe(`v4:${vmId}`);
});

const identities = fc.oneof(
  fc.record({
    kind: fc.constant('reserved' as const),
    clientIdentifier: fc.string().map((text) => asWord(text, 40)),
    vmId: fc.uuid(),
  }),
  fc.record({ kind: fc.constant('tagged' as const), token: fc.string().map((text) => asWord(text, 40)) }),
  fc.record({ kind: fc.constant('requested' as const), requestId: fc.uuid() }),
);

test('what is written is read again', () => {
  fc.assert(
    fc.property(identities, (identity: Identity) => {
      expect(parseCreationToken(formatCreationToken(identity))).toEqual(identity);
    }),
  );
});

test.each([
  '',
  'v3',
  'v3:a',
  'v3:a:b',
  `v3:a b:${vmId}`,
  `v3:a:${vmId}:x`,
  `v3::${vmId}`,
  'v3-marks:',
  'v3-marks:a:',
  'v4:',
  'v4:a',
  `v4:a:${vmId}`,
  `v4:${vmId}:`,
  `v5:${vmId}`,
])('%p is none', (key) => {
  expect(() => parseCreationToken(key)).toThrow('is not one that this back end issued');
});

describe('the request id of API v4', () => {
  test.each<[string, Identity]>([
    ['the one in the token', { kind: 'requested', requestId: vmId }],
    ['the UUID that API v3 has reserved', { kind: 'reserved', clientIdentifier: 'a', vmId }],
  ])('is %s', (_name, identity) => {
    expect(requestIdOf(identity)).toBe(vmId);
  });

  test('is made of a token that has none, and is the same every time', () => {
    const [one, again, other] = ['ab12', 'ab12', 'ab13'].map((token) =>
      requestIdOf({ kind: 'tagged', token }),
    );
    expect(one).toBe(again);
    expect(one).not.toBe(other);
  });

  test('is always a UUID', () => {
    fc.assert(fc.property(identities, (identity: Identity) => isUuid(requestIdOf(identity))));
  });
});

test.each([
  ['web-1', 'web-1'],
  ['büro 7/8', 'b-ro-7-8'],
  ['', 'x'],
  ['网络', '-'],
])('%p as a word is %p', (text, word) => {
  expect(asWord(text, 40)).toBe(word);
});
