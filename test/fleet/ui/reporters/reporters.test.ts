import { JsonReporter } from '../../../../src/fleet/ui/reporters/json-reporter.js';
import { LineReporter } from '../../../../src/fleet/ui/reporters/line-reporter.js';
import { spoken, type Reporter, type Screen } from '../../../../src/fleet/context/reporter.js';
import { TerminalReporter } from '../../../../src/fleet/ui/reporters/terminal-reporter.js';
import { SmallTerminal } from './small-terminal.js';
import type { Clock } from '../../../../src/support/index.js';

class Recording implements Screen {
  readonly isTerminal = true;
  text = '';
  columns(): number {
    return 40;
  }
  rows(): number {
    return 24;
  }
  write(text: string): void {
    this.text += text;
  }
}

let time = 0;
const clock: Clock = { now: () => time, sleep: () => Promise.resolve() };

function story(reporter: Reporter): void {
  reporter.begin('a', 'creating');
  reporter.step('a', 'waiting\u001b[2J for SSH');
  time += 61_000;
  reporter.end('a', false, 'no memory');
  reporter.step('b', 'joining');
  reporter.warn('one failed');
  reporter.table('summary', [{ host: 'a', result: 'failed' }]);
  reporter.close();
}

test('lines: the host in front, the time at the end, no control characters', () => {
  const screen = new Recording();
  story(new LineReporter(screen, clock));
  expect(screen.text).toBe(
    '[a] creating\n[a] waiting for SSH\n[a] FAILED: no memory (1 min 01 s)\n[b] joining\n' +
      'warning: one failed\nHOST  RESULT\na     failed\n',
  );
});

test('lines: the same problem of another host is not told again', () => {
  const screen = new Recording();
  const reporter = new LineReporter(screen, clock);
  const fail = (host: string, text: string): void => reporter.end(host, false, text);
  fail('a', 'create a: no memory');
  fail('b', 'create b: no memory');
  fail('c', 'create c: no disk');
  reporter.problem({ hosts: ['a', 'b'], text: 'create HOST: no memory' });
  expect(screen.text.split('\n')).toEqual([
    '[a] FAILED: create a: no memory',
    '[b] FAILED: the same as a',
    '[c] FAILED: create c: no disk',
    '2 hosts (a, b): create HOST: no memory',
    '',
  ]);
});

test('JSON: every line an object with time and event', () => {
  const screen = new Recording();
  story(new JsonReporter(screen, () => new Date(0)));
  const events = screen.text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(events.map(({ event }) => event)).toEqual(['begin', 'step', 'end', 'step', 'warning', 'summary']);
  expect(events[2]).toEqual({
    time: '1970-01-01T00:00:00.000Z',
    event: 'end',
    host: 'a',
    ok: false,
    text: 'no memory',
    seconds: 0,
  });
});

test('a terminal: what has ended stays, and nothing is left of the lines at work', () => {
  const screen = new Recording();
  story(new TerminalReporter(screen, clock));
  const last = screen.text.split('\u001b[0J').at(-1) ?? '';
  expect(screen.text).toContain('a  no memory (1 min 01 s)\n');
  expect(screen.text).toContain('  b  joining\n');
  expect(last).toContain('HOST  RESULT\na     failed\n');
  expect(last).not.toContain('waiting');
});

describe('a terminal', () => {
  let reporter: TerminalReporter;
  const on = (width: number, height: number): SmallTerminal => {
    const terminal = new SmallTerminal(width, height);
    reporter = new TerminalReporter(terminal, clock);
    return terminal;
  };
  afterEach(() => reporter.close());

  test('more hosts than rows: the rest is counted, and all lines are taken back', () => {
    const terminal = on(40, 6);
    for (let host = 1; host <= 50; host++) reporter.begin(`h${host}`, 'creating');
    reporter.note('one');
    expect(terminal.lines.length).toBeLessThanOrEqual(1 + 6);
    expect(terminal.lines).toContain('  and 47 more');
    for (let host = 1; host <= 50; host++) reporter.end(`h${host}`, true, 'created');
    reporter.close();
    const done = Array.from({ length: 50 }, (_, host) => `✔ h${host + 1}  created (0.0 s)`);
    expect(terminal.lines).toEqual(['one', ...done, '']);
  });

  test.each([
    ['long', 'waiting for what has a long name '.repeat(5)],
    ['of characters of two columns', '虚拟机正在启动'.repeat(5)],
  ])('steps that are %s take one line', (_name, text) => {
    const terminal = on(30, 24);
    reporter.begin('a', 'creating');
    reporter.begin('host-2', text);
    reporter.note('one');
    expect(terminal.lines).toHaveLength(4);
    expect(terminal.lines[1]).toMatch(/^. a {8}0\.0 s {2}creating$/);
    reporter.close();
    expect(terminal.lines).toEqual(['one', '']);
  });

  test('a long error is cut where it happens, and told whole in lines of the terminal at the end', () => {
    const terminal = on(40, 24);
    const text = 'create VM "a": not enough memory on any host of the cluster';
    reporter.begin('a', 'creating');
    reporter.end('a', false, text);
    reporter.problem({ hosts: ['a', 'b-1', 'b-2', 'b-3'], text });
    reporter.warn('two of five hosts are not as declared, and that is a pity');
    reporter.close();
    expect(terminal.lines).toEqual([
      '✖ a  create VM "a": not enough … (0.0 s)',
      '4 hosts (a, b-{1..3}):',
      '  create VM "a": not enough memory on',
      '  any host of the cluster',
      'warning: two of five hosts are not as',
      '  declared, and that is a pity',
      '',
    ]);
  });

  test.each([
    [true, true],
    [false, false],
  ])('colours %s: sequences for them are written %s', (colours, written) => {
    const screen = new Recording();
    const plain = new TerminalReporter(screen, clock, colours);
    plain.begin('a', 'creating');
    plain.end('a', false, 'no');
    plain.warn('x');
    plain.problem({ hosts: ['a'], text: 'no' });
    plain.close();
    const colour = new RegExp(String.raw`${String.fromCodePoint(27)}\[\d+m`);
    expect(colour.test(screen.text)).toBe(written);
  });

  test('a key that is echoed below the lines leaves nothing behind', () => {
    const terminal = on(40, 24);
    reporter.begin('a', 'creating');
    reporter.note('one');
    terminal.write('^C');
    reporter.warn('stopping');
    reporter.close();
    expect(terminal.lines).toEqual(['one', 'warning: stopping', '']);
  });
});

test.each([
  [0, '0.0 s'],
  [59_949, '59.9 s'],
  [59_960, '1 min 00 s'],
  [125_000, '2 min 05 s'],
])('%d ms are %s', (ms, text) => {
  expect(spoken(ms)).toBe(text);
});
