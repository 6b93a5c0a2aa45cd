import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { deleteOrphans } from '../../../src/fleet/orphans/delete-orphans.js';
import { withinLimit } from '../../../src/fleet/context/fleet-context.js';
import type { OrphanContext } from '../../../src/fleet/orphans/find-orphans.js';
import { LineReporter } from '../../../src/fleet/ui/reporters/line-reporter.js';
import { OperationError } from '../../../src/support/index.js';
import { aborted, FakeCloud } from './fake-cloud.js';
import { marked, MINUTE, NOW, TemporaryStores } from './stores.js';

const stores = new TemporaryStores();
afterEach(() => stores.remove());

function scene(...ids: string[]) {
  const cloud = new FakeCloud(ids.map((id) => marked(id)));
  const store = stores.make();
  const stopper = new AbortController();
  const context: OrphanContext = {
    cloud,
    stores: [store],
    olderThan: 60 * MINUTE,
    now: () => NOW,
    stop: stopper.signal,
  };
  let text = '';
  const screen = {
    isTerminal: false,
    columns: () => 80,
    rows: () => 24,
    write: (more: string) => void (text += more),
  };
  const reporter = new LineReporter(screen, { now: () => 0, sleep: () => Promise.resolve() });
  const run = () => deleteOrphans(context, [...cloud.vms], reporter);
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
  [
    'has another ownership tag',
    ({ cloud }) => (cloud.vms = [marked('a', { creationToken: 'b' })]),
    /ownership tag has changed/,
  ],
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

test('five are begun at a time, and all come to their turn', async () => {
  const ids = Array.from({ length: 12 }, (_, number) => `n${number}`);
  const { cloud, run } = scene(...ids);
  const gate = new AbortController();
  cloud.before = async () => {
    await aborted(gate.signal);
  };
  const fates = run();
  expect(cloud.calls).toEqual(ids.slice(0, 5).map((id) => `read ${id}`));
  gate.abort();
  expect(await fates).toEqual(ids.map(() => 'deleted'));
  expect(cloud.removals.most).toBeLessThanOrEqual(5);
});

test('Ctrl-C: what runs is given up, and nothing more is begun', async () => {
  const { cloud, stopper, run } = scene('a', 'b', 'c', 'd', 'e', 'f', 'g');
  cloud.before = async (call, { signal }) => {
    if (call.startsWith('remove a')) stopper.abort();
    else if (call !== 'read a') await aborted(signal);
  };
  const failed = ['failed', 'failed', 'failed', 'failed', 'failed'];
  expect(await run()).toEqual([...failed, undefined, undefined]);
  expect(cloud.vms).toHaveLength(7);
});

test('a cloud that does not answer is given up', async () => {
  const hang = ({ signal }: { readonly signal: AbortSignal }): Promise<never> =>
    new Promise((_, reject) =>
      signal.addEventListener('abort', () => reject(OperationError.from(signal.reason, ''))),
    );
  const late = withinLimit(10, 'look for orphans', new AbortController().signal, hang);
  await expect(late).rejects.toMatchObject({ code: 'timeout', attempted: 'look for orphans' });
});
