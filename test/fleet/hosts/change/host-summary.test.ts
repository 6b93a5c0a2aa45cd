import { goesOn, summarise } from '../../../../src/fleet/hosts/change/host-summary.js';
import type { HostResult } from '../../../../src/fleet/hosts/change/host-work.js';
import { LineReporter } from '../../../../src/fleet/ui/reporters/line-reporter.js';
import { MachineStore } from '../../../../src/fleet/store/machine-store.js';
import type { Clock } from '../../../../src/support/index.js';

const clock: Clock = { now: () => 0, sleep: () => Promise.resolve() };

function result(name: string, short: string, more: Partial<HostResult> = {}): HostResult {
  const ok = ['created', 'unchanged'].includes(short);
  return { name, action: 'create', ok, usable: ok, short, took: 0, ...more };
}

describe('the summary of an apply', () => {
  test('a short table, then each problem once with its hosts, then where the logs are', async () => {
    let text = '';
    const screen = {
      isTerminal: false,
      columns: () => 60,
      rows: () => 24,
      write: (part: string) => (text += part),
    };
    const failed = (name: string): HostResult => {
      return result(name, 'failed', {
        problem: `create ${name}: no memory`,
        took: 8_000,
        log: `/logs/${name}.log`,
      });
    };
    await summarise(
      { reporter: new LineReporter(screen, clock), store: new MachineStore('/nowhere'), logs: '/logs' },
      [
        ...['dce-1', 'dce-2', 'dce-3', 'agent-1'].map(failed),
        result('agent-2', 'created', { took: 61_000 }),
        result('old', 'left', { action: 'refuse', problem: 'is stopped' }),
        result('agent-3', 'not begun'),
      ],
    );
    expect(text.split('\n')).toEqual([
      'HOST     RESULT     TIME',
      'dce-1    failed     8.0 s',
      'dce-2    failed     8.0 s',
      'dce-3    failed     8.0 s',
      'agent-1  failed     8.0 s',
      'agent-2  created    1 min 01 s',
      'old      left',
      'agent-3  not begun',
      '4 hosts (dce-{1..3}, agent-1): create HOST: no memory',
      'old: is stopped',
      'The whole output about a host is in /logs/HOST.log.',
      '',
    ]);
  });

  test.each<[string, readonly HostResult[], string]>([
    ['all is well', [result('a', 'created')], ''],
    ['creates failed', [result('a', 'failed'), result('b', 'not begun')], '; apply again makes only these'],
    ['all was removed again', [result('a', 'removed again')], '; apply again makes only these'],
    ['a host was left', [result('a', 'left', { action: 'refuse' })], ''],
    ['one differs and was left', [result('a', 'left', { action: 'differs', usable: true })], ''],
    [
      'one failed and one was left',
      [result('a-1', 'failed'), result('b', 'left', { action: 'refuse' })],
      '; apply again makes only a-1',
    ],
    ['a start failed', [result('a', 'failed', { action: 'start' })], '; apply again makes only these'],
    ['one was started and still differs', [result('a', 'started', { action: 'start' })], ''],
    [
      'a replacement failed',
      [result('a', 'failed', { action: 'replace' })],
      '; apply again makes only these',
    ],
    ['a replacement was not begun', [result('a', 'not begun', { action: 'replace' })], ''],
  ])('what the next apply does when %s', (_, results, text) => {
    expect(goesOn(results)).toBe(text);
  });
});
