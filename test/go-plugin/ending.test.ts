import { PluginEnding } from '../../src/go-plugin/ending.js';
import { HclogLog } from '../../src/go-plugin/hclog.js';
import type { LineSink } from '../../src/logging/index.js';

let lines: string[];
let ending: PluginEnding;

beforeEach(() => {
  jest.useFakeTimers();
  lines = [];
  const sink: LineSink = {
    write: (line) => void lines.push(line.toString()),
    flush: () => Promise.resolve(),
    broken: false,
  };
  ending = new PluginEnding(new HclogLog(sink));
});

afterEach(() => {
  ending.stop();
  jest.useRealTimers();
});

/** What has been resolved so far. */
async function outcome(): Promise<unknown> {
  return await Promise.race([ending.begun, Promise.resolve('nothing yet')]);
}

async function insisted(): Promise<boolean> {
  return await Promise.race([ending.insisted.then(() => true), Promise.resolve().then(() => false)]);
}

test.each([
  ['Ctrl-C', 'SIGINT', 2],
  ['the signal at which the host waits for its jobs', 'SIGQUIT', 3],
  ['the signal at which the host reads its configuration again', 'SIGHUP', 1],
])('%s ends nothing, however often', async (_, name, number) => {
  for (let i = 0; i < 5; i += 1) ending.signal(name, number);
  jest.advanceTimersByTime(3_600_000);
  expect(await outcome()).toBe('nothing yet');
});

test('after SIGTERM the host has half a minute to end first', async () => {
  ending.signal('SIGTERM', 15);
  jest.advanceTimersByTime(29_999);
  expect(await outcome()).toBe('nothing yet');
  ending.end({ exitCode: 0, reason: 'the host ends' });
  expect(await outcome()).toEqual({ exitCode: 0, reason: 'the host ends' });
  jest.advanceTimersByTime(60_000);
  expect(await outcome()).toEqual({ exitCode: 0, reason: 'the host ends' });
  expect(lines.join('')).toContain('received SIGTERM; the host has 30 s to end first');
});

test('a host that does not end is not waited for longer', async () => {
  ending.signal('SIGTERM', 15);
  jest.advanceTimersByTime(30_000);
  expect(await outcome()).toEqual({ exitCode: 143, reason: 'received SIGTERM' });
});

test('the second SIGTERM ends at once and in order, the third does not wait for that', async () => {
  ending.signal('SIGTERM', 15);
  ending.signal('SIGTERM', 15);
  expect(await outcome()).toEqual({ exitCode: 143, reason: 'received SIGTERM' });
  expect(await insisted()).toBe(false);
  ending.signal('SIGTERM', 15);
  expect(await insisted()).toBe(true);
});
