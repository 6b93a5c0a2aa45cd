import { systemClock, type Clock, type OperationError } from '../../../src/support/index.js';
import { hasty } from '../../prism/simulated.js';
import { context, GroupScene, NOTHING_LEFT, unhurried, type SceneOptions } from './group-scene.js';

let scene: GroupScene;
afterEach(async () => await scene.close());

const start = async (options?: SceneOptions): Promise<void> => void (scene = await GroupScene.start(options));

/** A server on which a VM is under way for so many ms of ours; the group's clock runs 50 times as fast. */
const slow = (task: number): SceneOptions => ({
  profile: { call: () => 0, queue: 1, task: () => task, learn: 1, shutdown: 100 },
});

/** A moment that the test decides. */
function moment(): { readonly come: Promise<void>; readonly comes: () => void } {
  let comes = (): void => undefined;
  const come = new Promise<void>((resolve) => (comes = resolve));
  return { come, comes };
}

/** A clock, but a sleep of just so many ms ends at that moment. */
const sleepUntil = (clock: Clock, length: number, moment: Promise<void>): Clock => ({
  now: () => clock.now(),
  sleep: async (ms, signal) => await (ms === length ? moment : clock.sleep(ms, signal)),
});

/** The most VMs that were being made at a time until `work` was over. */
async function mostAtATime(work: Promise<unknown>): Promise<number> {
  const counts: number[] = [];
  const over = new AbortController();
  void work.finally(() => over.abort());
  while (!over.signal.aborted) {
    counts.push(scene.simulator.vms().filter(({ made }) => !made).length);
    await hasty.sleep(50);
  }
  return Math.max(...counts);
}

const CREATE = { method: 'POST', kind: 'vm', path: '/vms' } as const;
const QUOTA = {
  name: 'quota',
  match: { ...CREATE, nth: { from: 3 } },
  do: {
    status: 422,
    body: { state: 'ERROR', message_list: [{ reason: 'QUOTA', message: 'Quota exceeded' }] },
  },
};

describe('Increase', () => {
  test('makes VMs in parallel, at most so many at a time', async () => {
    await start(slow(400));
    const runner = await scene.process({ parallel: 3 }).start();
    const increase = runner.group.increase(9, context());
    expect(await mostAtATime(increase)).toBe(3);
    expect(await increase).toBe(9);
    expect(await runner.running(9)).toHaveLength(9);
  });

  test.each([
    ['a quota that is reached in the middle', QUOTA, /Quota exceeded/],
    [
      'an image that is gone in the middle',
      {
        name: 'image',
        match: { ...CREATE, nth: { from: 3 } },
        do: { task: { outcome: 'failed' as const, errorDetail: 'Image with UUID 70cf does not exist' } },
      },
      /does not exist/,
    ],
  ])('tells rightly of a partial success: %s', async (_case, fault, reason) => {
    await start({ faults: [fault] });
    const runner = await scene.process({ parallel: 1 }).start();
    expect(await runner.group.increase(5, context())).toBe(2);
    expect(runner.warnings.join()).toMatch(/^2 of 5 instances are made or under way: /);
    expect(runner.warnings.join()).toMatch(reason);
    expect(await runner.running(2)).toHaveLength(2);
    // Those after the one that was refused were not begun.
    const creates = scene.simulator.requestCounts()['POST /vms'];
    expect(creates).toBe(3);
  });

  test('with which nothing was made is an error, and the next ones are answered with it at once, for longer each time', async () => {
    await start({ faults: [{ ...QUOTA, match: CREATE }] });
    const time = { passed: 0 };
    const clock: Clock = { ...unhurried, now: () => time.passed };
    const { group } = await scene.process({}, clock).start();
    const increase = async (): Promise<OperationError> =>
      await group.increase(2, context()).then(
        () => {
          throw new Error('it was made');
        },
        (error: unknown) => error as OperationError,
      );
    expect((await increase()).message).toMatch(/Quota exceeded/);
    for (const pause of [5, 10, 20]) {
      const { requests } = scene;
      expect((await increase()).message).toMatch(
        new RegExp(`^make 2 more of group "ci": not tried again for ${pause} s, because .*Quota exceeded`),
      );
      expect(scene.requests).toBe(requests);
      time.passed += pause * 1_000;
      expect((await increase()).message).not.toMatch(/not tried again/);
    }
    scene.simulator.clearFaults();
    time.passed += 60_000;
    expect(await group.increase(1, context())).toBe(1);
  });

  test('ends after 10 s with those under way, and each of them is told of, also when it comes to nothing', async () => {
    const [waited, made] = [moment(), moment()];
    await start({
      ...slow(1_000),
      clock: sleepUntil(systemClock, 1_000, made.come),
      faults: [{ name: 'fails', match: { ...CREATE, nth: 2 }, do: { task: { outcome: 'failed' } } }],
    });
    const runner = await scene.process({}, sleepUntil(hasty, 10_000, waited.come)).start();
    const increase = runner.group.increase(3, context());
    while (scene.simulator.vms().length < 3) await hasty.sleep(50);
    waited.comes();
    expect(await increase).toBe(3);
    expect(scene.simulator.vms().map((vm) => vm.made)).toEqual([false, false, false]);
    made.comes();
    const told = await runner.follow((states) => Object.values(states).join() === 'running,running');
    const all = Object.values(told);
    expect(all).toHaveLength(3);
    expect(all.map(([first]) => first)).toEqual(['creating', 'creating', 'creating']);
    expect(all.map((states) => states.at(-1)).sort()).toEqual(['deleted', 'running', 'running']);
  });

  test('makes no more than the group may have, those of an earlier process included', async () => {
    await start();
    const first = await scene.process({ maxSize: 3 }).start();
    expect(await first.group.increase(2, context())).toBe(2);
    await first.running(2);
    await first.group.shutdown(context());
    const second = await scene.process({ maxSize: 3 }).start();
    expect(await second.group.increase(5, context())).toBe(1);
    await expect(second.group.increase(1, context())).rejects.toMatchObject({ code: 'conflict' });
    expect(scene.vmNames).toHaveLength(3);
  });

  test('of two at a time does not overshoot', async () => {
    await start();
    const { group } = await scene.process({ maxSize: 3 }).start();
    const made = await Promise.allSettled([group.increase(2, context()), group.increase(2, context())]);
    const counts = made.map((one) => (one.status === 'fulfilled' ? one.value : 0));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(3);
    expect(scene.vmNames).toHaveLength(3);
  });

  test('that the runner cancels leaves nothing', async () => {
    await start(slow(60));
    const runner = await scene.process().start();
    const controller = new AbortController();
    const increase = runner.group.increase(3, context(controller.signal));
    const ended = increase.catch((error: unknown) => error);
    while (scene.simulator.vms().length === 0) await hasty.sleep(100);
    const reason = new Error('the runner ends');
    controller.abort(reason);
    expect(await ended).toBe(reason);
    await runner.group.shutdown(context());
    expect(scene.left()).toEqual(NOTHING_LEFT);
  });

  test('is refused while Prism Central is away, and works again afterwards', async () => {
    await start();
    const { group } = await scene.process().start();
    scene.simulator.addFault({ name: 'away', match: {}, do: { status: 503 } });
    await expect(group.increase(1, context())).rejects.toMatchObject({ code: 'unavailable' });
    scene.simulator.clearFaults();
    // The pause has 5 s; a timer of the runtime may end a moment early.
    await hasty.sleep(6_000);
    expect(await group.increase(1, context())).toBe(1);
  });
});
