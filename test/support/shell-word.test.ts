import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { shellWord } from '../../src/support/index.js';

test.each([
  ['plain/file-1.yaml', 'plain/file-1.yaml'],
  ['', "''"],
  ['two words', "'two words'"],
  ["it's", String.raw`'it'\''s'`],
  ['~/hosts.yaml', "'~/hosts.yaml'"],
  ['$HOME', "'$HOME'"],
])('%j is %s', (text, word) => {
  expect(shellWord(text)).toBe(word);
});

test('sh reads each word as the text that it was', () => {
  const text = fc.string({ unit: 'grapheme' }).filter((one) => !one.includes('\0'));
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 200 }), (texts) => {
      const script = `printf '%s\\0' ${texts.map(shellWord).join(' ')}`;
      expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1)).toEqual(
        texts,
      );
    }),
    { numRuns: 30 },
  );
});
