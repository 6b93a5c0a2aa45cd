import fc from 'fast-check';
import { linesOf, LONGEST_LINE, oneLine } from '../../src/logging/line-text.js';
import { Redactor } from '../../src/logging/redactor.js';

describe('lines', () => {
  test('every line fits, whatever is logged, and none has a line end or a control character', () => {
    const text = fc.array(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.constantFrom('\n', '\r\n', '\u2028', '\u001b[31m', 'é'.repeat(40_000)),
      ),
    );
    fc.assert(
      fc.property(text, (parts) => {
        for (const line of linesOf(parts.join(''))) {
          expect(Buffer.byteLength(line)).toBeLessThanOrEqual(LONGEST_LINE);
          expect(line).not.toMatch(/\p{Cc}|\u2028|\u2029/u);
          expect(line).not.toBe('');
        }
      }),
      { numRuns: 100 },
    );
  });

  test.each(['a', 'é', '€', '😀'])(
    'a long line of %s is cut between characters and loses nothing',
    (character) => {
      const line = character.repeat(Math.floor((3 * LONGEST_LINE) / Buffer.byteLength(character)) - 1);
      const lines = linesOf(line);
      expect(lines.length).toBeGreaterThan(2);
      expect(lines.join('')).toBe(line);
    },
  );

  test('a whole web page is cut with a note', () => {
    const lines = linesOf('x'.repeat(1_000_000));
    expect(lines.join('\n').length).toBeLessThan(5 * LONGEST_LINE);
    expect(lines.at(-1)).toBe(`(${1_000_000 - 4 * LONGEST_LINE} more bytes left out)`);
  });

  test('one line is one line of at most so many bytes', () => {
    expect(oneLine(' a\r\n\tb \u0007', 100)).toBe('a b \ufffd');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 8, max: 50 }), (text, limit) => {
        const line = oneLine(text, limit);
        expect(Buffer.byteLength(line)).toBeLessThanOrEqual(limit);
        expect(line).not.toMatch(/[\n\r]/);
      }),
    );
  });
});

describe('secrets', () => {
  function redact(secret: string, text: string): string {
    const redactor = new Redactor();
    redactor.add(secret);
    return redactor.redact(text);
  }

  test('no secret survives, in any of its spellings', () => {
    const secret = fc.string({ minLength: 4, unit: 'grapheme' }).filter((text) => text.trim().length >= 4);
    fc.assert(
      fc.property(secret, fc.string(), fc.string(), (password, before, after) => {
        const spellings = [
          password,
          JSON.stringify(password),
          encodeURIComponent(password),
          Buffer.from(password).toString('base64'),
        ];
        for (const spelling of spellings) {
          expect(redact(password, `${before} ${spelling} ${after}`)).toContain('[secret]');
          expect(redact(password, `${before} ${spelling} ${after}`).split('[secret]')).not.toContain(
            password,
          );
        }
      }),
    );
  });

  test('Basic authentication is covered as it travels', () => {
    const redactor = new Redactor();
    redactor.addBasic('admin', 'pass/word 4u');
    const header = `Authorization: Basic ${Buffer.from('admin:pass/word 4u').toString('base64')}`;
    expect(redactor.redact(header)).toBe('Authorization: Basic [secret]');
    expect(redactor.redact('admin said pass/word 4u.')).toBe('admin said [secret].');
  });

  test('one that is added behind a line is covered from then on, whatever account it belongs to', () => {
    const redactor = new Redactor();
    redactor.addBasic('a', 'first:1');
    expect(redactor.redact('first:1 second')).toBe('[secret] second');
    redactor.add('second');
    redactor.addBasic('a:third', '4444');
    redactor.addBasic('a', 'third:4444');
    expect(redactor.redact('first:1 second 4444')).toBe('[secret] [secret] [secret]');
    const basic = Buffer.from('a:third:4444').toString('base64');
    expect(redactor.redact(`third:4444 ${basic}`)).toBe('[secret] [secret]');
  });

  test('the password of a proxy is covered, encoded or not', () => {
    const redactor = new Redactor();
    redactor.addUrl('http://me:p%40ssw%C3%B6rd@proxy.example:3128');
    redactor.addUrl('not a URL');
    expect(redactor.redact('p%40ssw%C3%B6rd p@sswörd')).toBe('[secret] [secret]');
  });

  test('a short secret does not tear words apart', () => {
    expect(redact('a', 'a man, a plan: password=a')).toBe('[secret] man, [secret] plan: password=[secret]');
    expect(redact('', 'nothing')).toBe('nothing');
  });

  test('one that begins like another is taken whole', () => {
    const redactor = new Redactor();
    for (const secret of ['hunter', 'hunter2-long']) redactor.add(secret);
    expect(redactor.redact('hunter2-long hunter')).toBe('[secret] [secret]');
  });
});
