import { HclogLog } from '../../src/go-plugin/hclog.js';
import type { LineSink } from '../../src/logging/index.js';

function logTo(): { readonly log: HclogLog; readonly lines: string[]; readonly lossy: boolean[] } {
  const lines: string[] = [];
  const lossy: boolean[] = [];
  const sink: LineSink = {
    write: (line, mayBeLost) => {
      lines.push(line.toString());
      lossy.push(mayBeLost);
    },
    flush: () => Promise.resolve(),
    broken: false,
  };
  return { log: new HclogLog(sink, () => new Date('2026-11-29T12:00:00.123Z')), lines, lossy };
}

test('each level is one line of JSON, with six digits behind the seconds', () => {
  const { log, lines, lossy } = logTo();
  for (const level of ['trace', 'debug', 'info', 'warn', 'error'] as const) log[level]('it is\nso');
  expect(lines).toEqual(
    ['trace', 'debug', 'info', 'warn', 'error'].map(
      (level) => `{"@level":"${level}","@message":"it is so","@timestamp":"2026-11-29T12:00:00.123000Z"}\n`,
    ),
  );
  expect(lossy).toEqual([true, true, false, false, false]);
});

test('no secret gets in, in none of its spellings', () => {
  const { log, lines } = logTo();
  log.redactor.add('pass"word');
  log.info(`the password is pass"word, in JSON ${JSON.stringify('pass"word')}`);
  expect(lines.join('')).not.toMatch(/pass.{0,3}word"?,/);
  expect(lines.join('')).toContain('[secret]');
});

test.each(['x', '"', '€', '\u0001'])('a text of a million %j stays below the 64 KiB of one line', (sign) => {
  const { log, lines } = logTo();
  log.info(sign.repeat(1_000_000));
  expect(lines).toHaveLength(1);
  const [line = ''] = lines;
  expect(Buffer.byteLength(line)).toBeLessThan(64 * 1024);
  expect(() => JSON.parse(line) as unknown).not.toThrow();
});
