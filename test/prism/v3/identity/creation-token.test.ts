import * as fc from 'fast-check';
import { asWord } from '../../../../src/prism/shared/index.js';
import { formatCreationToken, parseCreationToken } from '../../../../src/prism/v3/identity/creation-token.js';

const vmId = '11111111-2222-4333-8444-555555555555';

test('keys are versioned text', () => {
  expect(formatCreationToken({ kind: 'reserved', clientIdentifier: 'a-web', vmId })).toBe(`v3:a-web:${vmId}`);
  expect(formatCreationToken({ kind: 'tagged', token: 'ab12' })).toBe('v3-marks:ab12');
});

test('what is written is read again', () => {
  const word = fc.string().map((text) => asWord(text, 40));
  fc.assert(
    fc.property(word, fc.uuid(), (name, uuid) => {
      const reserved = { kind: 'reserved', clientIdentifier: name, vmId: uuid } as const;
      expect(parseCreationToken(formatCreationToken(reserved))).toEqual(reserved);
      const marked = { kind: 'tagged', token: name } as const;
      expect(parseCreationToken(formatCreationToken(marked))).toEqual(marked);
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
  `v4:a:${vmId}`,
])('%p is none', (key) => {
  expect(() => parseCreationToken(key)).toThrow('is not one that this back end issued');
});

test.each([
  ['web-1', 'web-1'],
  ['büro 7/8', 'b-ro-7-8'],
  ['', 'x'],
  ['网络', '-'],
])('%p as a word is %p', (text, word) => {
  expect(asWord(text, 40)).toBe(word);
});
