import fc from 'fast-check';
import { compileRegularExpression, RegularExpressionError } from '../../../src/emulator/regex/index.js';

/** expression, text, what matches; undefined = nothing does */
const BASIC: readonly (readonly [string, string, string | undefined])[] = [
  ['a*b', 'xaab', 'aab'],
  ['^a', 'ba', undefined],
  ['a^b', 'a^b', 'a^b'],
  ['a$', 'ba', 'a'],
  ['a$b', 'a$b', 'a$b'],
  ['\\(ab\\)*c', 'ababc', 'ababc'],
  ['(a)', '(a)', '(a)'],
  ['a\\+', 'baa', 'aa'],
  ['a\\|b', 'xb', 'b'],
  ['a\\{2,3\\}', 'aaaa', 'aaa'],
  ['[[:space:]]x', 'a x', ' x'],
  ['[^a-c]', 'abcd', 'd'],
  ['[]x]', ']', ']'],
  ['[a\\]', '\\', '\\'],
  ['\\.', 'a.b', '.'],
  ['*a', '*a', '*a'],
  ['\\<w', 'aw w', 'w'],
];

const EXTENDED: readonly (readonly [string, string, string | undefined])[] = [
  ['(a|bc)+d', 'xbcad', 'bcad'],
  ['a{2}', 'aaa', 'aa'],
  ['^(ab?)*$', 'aabab', 'aabab'],
  ['x?y', 'y', 'y'],
  ['\\(a\\)', '(a)', '(a)'],
  ['[0-9]+\\.[0-9]+', 'v28.2', '28.2'],
  ['^$', '', ''],
  ['\\bfoo\\b', 'a foo b', 'foo'],
  ['a.c', 'a\u00e9c', 'a\u00e9c'],
];

test.each(BASIC)('basic %s in %j', (source, text, found) => {
  expect(compileRegularExpression(source, {}).search(text)?.groups[0]).toBe(found);
});

test.each(EXTENDED)('extended %s in %j', (source, text, found) => {
  expect(compileRegularExpression(source, { extended: true }).search(text)?.groups[0]).toBe(found);
});

test('groups, whole lines, letter case, plain text', () => {
  expect(compileRegularExpression('(a)(x)?(b+)', { extended: true }).search('zabb')).toEqual({
    start: 1,
    end: 4,
    groups: ['abb', 'a', undefined, 'bb'],
  });
  expect(compileRegularExpression('a', { whole: true }).search('ab')).toBeUndefined();
  expect(compileRegularExpression('aB', { ignoreCase: true }).search('AB')?.start).toBe(0);
  expect(compileRegularExpression('[A-C]', { ignoreCase: true }).search('b')?.start).toBe(0);
  expect(compileRegularExpression('a.*', { fixed: true }).search('xa.*')?.start).toBe(1);
});

test.each(['(', 'a)', '[a', 'a{2,1}', '\\', 'a{999}', '(((((a{50}){50}){50}))', '\\1'])(
  'refused: %s',
  (source) => {
    expect(() => compileRegularExpression(source, { extended: true })).toThrow(RegularExpressionError);
  },
);

test('expressions that keep backtracking engines busy for ever end at once', () => {
  const started = process.cpuUsage();
  expect(compileRegularExpression('(a*)*b', { extended: true }).search('a'.repeat(20_000))).toBeUndefined();
  expect(
    compileRegularExpression('(a|aa)+$', { extended: true }).search(`${'a'.repeat(5000)}b`),
  ).toBeUndefined();
  expect(process.cpuUsage(started).user / 1_000).toBeLessThan(5000);
});

interface Expression {
  readonly source: string;
  /** It can match nothing at all. */
  readonly empty: boolean;
}

/**
 * Expressions of which JavaScript's engine has the same notion. What can be empty is not repeated: JavaScript
 * forgets an empty round, POSIX does not.
 */
const expressions = fc.letrec<{ any: Expression }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom('a', 'b', '.', '[ab]', '[^a]').map((source) => ({ source, empty: false })),
    fc.tuple(tie('any'), tie('any')).map(([left, right]) => ({
      source: `${left.source}${right.source}`,
      empty: left.empty && right.empty,
    })),
    fc.tuple(tie('any'), tie('any')).map(([left, right]) => ({
      source: `(${left.source}|${right.source})`,
      empty: left.empty || right.empty,
    })),
    fc
      .tuple(tie('any'), fc.constantFrom('*', '+', '?', '{1,2}'))
      .map(([body, repeat]) =>
        body.empty ? body : { source: `(${body.source})${repeat}`, empty: repeat === '*' || repeat === '?' },
      ),
  ),
})).any;

test('finds where JavaScript finds, and of the alternatives there the longest, as POSIX has it', () => {
  fc.assert(
    fc.property(
      expressions,
      fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 12 }),
      ({ source }, text) => {
        const expected = new RegExp(source).exec(text);
        const found = compileRegularExpression(source, { extended: true }).search(text);
        expect(found?.start).toEqual(expected?.index);
        expect(found?.groups[0]?.startsWith(expected?.[0] ?? '') ?? expected === null).toBe(true);
        if (found === undefined) return;
        const whole = new RegExp(`^(?:${source})$`);
        const longer = Array.from(text.slice(found.end), (_char, more) =>
          text.slice(found.start, found.end + more + 1),
        );
        expect(longer.filter((piece) => whole.test(piece))).toEqual([]);
        expect(whole.test(text.slice(found.start, found.end))).toBe(true);
      },
    ),
    { numRuns: 1000 },
  );
});
