import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { deleteLeftovers } from '../../../src/fleet/leftovers/delete.js';
import { within, type LeftoverContext } from '../../../src/fleet/leftovers/look.js';
import { LineReporter } from '../../../src/fleet/progress/line-reporter.js';
import { OperationError } from '../../../src/support/index.js';
import { FakeCloud } from './fake-cloud.js';
import { marked, MINUTE, NOW, TemporaryStores } from './stores.js';

const stores = new TemporaryStores();
afterEach(() => stores.remove());

function scene(...ids: string[]) {
  const cloud = new FakeCloud(ids.map((id) => marked(id)));
  const store = stores.make();
  const stopper = new AbortController();
  const context: LeftoverContext = {
    cloud,
    stores: [store],
    olderThan: 60 * MINUTE,
    now: () => NOW,
    stop: stopper.signal,
  };
  let text = '';
  const screen = { isTerminal: false, columns: () => 80, write: (more: string) => void (text += more) };
  const reporter = new LineReporter(screen, { now: () => 0, sleep: () => Promise.resolve() });
  const run = () => deleteLeftovers(context, [...cloud.vms], reporter);
  return { cloud, store, stopper, run, output: () => text };
}

test('each is looked at again, then removed by its identity', async () => {
  const { cloud, run, output } = scene('a');
  expect(await run()).toEqual(['deleted']);
  expect(cloud.calls).toEqual(['read a', 'remove a key-a']);
  expect(output()).toContain('[vm-a (a)] done: deleted');
});

test.each<[string, (scene: { cloud: FakeCloud; store: string }) => void, RegExp]>([
  ['is gone', ({ cloud }) => (cloud.vms = []), /gone/],
  ['has other marks', ({ cloud }) => (cloud.vms = [marked('a', { creationKey: 'b' })]), /marks have changed/],
  ['is a copy', ({ cloud }) => (cloud.vms = [marked('a', { genuine: false })]), /copy/],
  ['is younger', ({ cloud }) => (cloud.vms = [marked('a', { madeAt: NOW })]), /younger than 60 min/],
  ['is known', ({ store }) => stores.add(store, 'web-1', { VMId: 'a' }), /the VM of machine web-1/],
  ['may be known', ({ store }) => stores.add(store, 'web-1', '{'), /config\.json cannot be read/],
  ['lost its store', ({ store }) => rmSync(join(store, 'machines'), { recursive: true }), /cannot be read/],
])('one that meanwhile %s is left alone', async (_, change, reason) => {
  const { cloud, store, run, output } = scene('a');
  cloud.before = (call) => {
    if (call === 'read a') change({ cloud, store });
  };
  expect(await run()).toEqual(['left alone']);
  expect(cloud.removed()).toEqual([]);
  expect(output()).toMatch(reason);
});

test('one that fails does not stop the others, and says why', async () => {
  const { cloud, run, output } = scene('a', 'b', 'c');
  cloud.before = (call) => {
    if (call.startsWith('remove b')) {
      throw new OperationError({ code: 'task-failed', attempted: 'delete VM', problem: 'it is protected' });
    }
  };
  expect(await run()).toEqual(['deleted', 'failed', 'deleted']);
  expect(output()).toContain('[vm-b (b)] FAILED: delete VM: it is protected');
});

test('five at a time, and all of them', async () => {
  const ids = Array.from({ length: 12 }, (_, number) => `n${number}`);
  const { cloud, run } = scene(...ids);
  cloud.before = () => setImmediate();
  expect(await run()).toEqual(ids.map(() => 'deleted'));
  expect(cloud.removals).toEqual({ now: 0, most: 5 });
});

test('Ctrl-C: what runs is given up, and nothing more is begun', async () => {
  const { cloud, stopper, run } = scene('a', 'b', 'c', 'd', 'e', 'f', 'g');
  cloud.before = (call) => {
    if (call.startsWith('remove a')) stopper.abort();
  };
  const fates = await run();
  expect(fates[0]).toBe('failed');
  expect(fates.slice(5)).toEqual([undefined, undefined]);
  expect(cloud.vms.map(({ id }) => id)).toEqual(expect.arrayContaining(['a', 'f', 'g']));
});

test('a cloud that does not answer is given up', async () => {
  const hang = ({ signal }: { readonly signal: AbortSignal }): Promise<never> =>
    new Promise((_, reject) =>
      signal.addEventListener('abort', () => reject(OperationError.from(signal.reason, ''))),
    );
  const late = within(10, 'look for leftovers', new AbortController().signal, hang);
  await expect(late).rejects.toMatchObject({ code: 'timeout', attempted: 'look for leftovers' });
});
