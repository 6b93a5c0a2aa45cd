import * as fc from 'fast-check';
import { taggedDescription, tagOn } from '../../../src/prism/shared/index.js';

const KEY = 'v3-marks:0123456789abcdef';
const MARK = `[test-driver ${KEY}]`;

test('the tag stands after the words', () => {
  expect(taggedDescription(' a host ', 'test-driver', { creationToken: KEY })).toBe(`a host ${MARK}`);
  expect(taggedDescription('', 'test-driver', { creationToken: KEY })).toBe(MARK);
  const full = taggedDescription('x'.repeat(1_000), 'test-driver', {
    creationToken: KEY,
    origin: 'alice@build-7',
  });
  expect(full).toHaveLength(1_000);
  expect(full).toMatch(/x \[made by alice@build-7\] \[test-driver /);
});

test('the words are cut to the limit, never the tag, never a character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 1_500, size: 'max' }), (words) => {
      const description = taggedDescription(words, 'test-driver', { creationToken: KEY });
      expect(description.length).toBeLessThanOrEqual(1_000);
      expect(description.endsWith(MARK)).toBe(true);
      expect(description).not.toMatch(/\p{Surrogate}/u);
    }),
  );
  expect(taggedDescription('😀'.repeat(600), 'test-driver', { creationToken: KEY })).not.toMatch(
    /\p{Surrogate}/u,
  );
});

test.each([
  [{}, ''],
  [{ origin: 'alice@build-7' }, '[made by alice@build-7] '],
  [{ machineName: 'web-1' }, '[made for web-1] '],
  [{ origin: 'alice@build-7', machineName: 'web-1' }, '[made by alice@build-7 for web-1] '],
  [{ group: 'ci' }, '[made in ci] '],
  [{ origin: 'alice@build-7', group: 'ci' }, '[made by alice@build-7 in ci] '],
  [
    { origin: 'alice@build-7', machineName: 'web-1', group: 'ci' },
    '[made by alice@build-7 for web-1 in ci] ',
  ],
])('who made a VM, for which machine and in which group is written and read: %j', (known, written) => {
  const description = taggedDescription('a host', 'test-driver', { creationToken: KEY, ...known });
  expect(description).toBe(`a host ${written}${MARK}`);
  const unknown = { origin: undefined, machineName: undefined, group: undefined };
  expect(tagOn({ id: 'x', description }, 'test-driver')).toEqual({
    creationToken: KEY,
    identity: { kind: 'tagged', token: '0123456789abcdef' },
    ...unknown,
    ...known,
  });
});
