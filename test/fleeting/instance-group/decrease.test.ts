import { OperationError, silentLogger } from '../../../src/support/index.js';
import { hasty } from '../../prism/simulated.js';
import { context, GroupScene, NOTHING_LEFT, type GroupProcess, type SceneOptions } from './group-scene.js';

let scene: GroupScene;
afterEach(async () => await scene.close());

const start = async (options?: SceneOptions): Promise<void> => void (scene = await GroupScene.start(options));

async function groupOf(count: number): Promise<{ runner: GroupProcess; names: readonly string[] }> {
  const runner = await scene.process().start();
  await runner.group.increase(count, context());
  return { runner, names: await runner.running(count) };
}

const nothing = (states: object): boolean => Object.keys(states).length === 0;
const SLOW: SceneOptions = {
  profile: { call: () => 1, queue: 2, task: () => 60, learn: 1, shutdown: 100 },
};

describe('Decrease', () => {
  test('twice, at the same time and afterwards, removes once and succeeds', async () => {
    await start();
    const { runner, names } = await groupOf(2);
    const both = await Promise.all([
      runner.group.decrease(names, context()),
      runner.group.decrease([...names, ...names], context()),
    ]);
    expect(both).toEqual([names, names]);
    await runner.follow(nothing);
    expect(await runner.group.decrease(names, context())).toEqual(names);
    const counts = scene.simulator.requestCounts();
    expect(counts['DELETE /vms/:uuid']).toBe(2);
  });

  test('of an instance that is being made ends that, and leaves nothing', async () => {
    await start(SLOW);
    const runner = await scene.process({}, hasty).start();
    const increase = runner.group.increase(2, context());
    while (scene.vmNames.length < 2) await hasty.sleep(20);
    const [name = '', other = ''] = scene.vmNames;
    expect(await runner.group.decrease([name], context())).toEqual([name]);
    await increase;
    expect(await runner.running(1)).toEqual([other]);
    expect(scene.vmNames).toEqual([other]);
  });

  test('is accepted while Prism Central refuses deletions, and goes on until it lets go', async () => {
    await start();
    const { runner, names } = await groupOf(2);
    scene.simulator.addFault({ name: 'no', match: { method: 'DELETE', kind: 'vm' }, do: { status: 403 } });
    expect(await runner.group.decrease(names, context())).toEqual(names);
    while (runner.warnings.length < 3) await hasty.sleep(500);
    expect(Object.values(await runner.states())).toEqual(['deleting', 'deleting']);
    expect(runner.warnings.join()).toMatch(/is not removed yet, and that is tried again: delete VM/);
    scene.simulator.clearFaults();
    await runner.follow(nothing);
    expect(scene.left()).toEqual(NOTHING_LEFT);
  });

  test('of names that the group does not know asks Prism Central, and is an error when that cannot be', async () => {
    await start();
    const { runner, names } = await groupOf(1);
    scene.simulator.addFault({ name: 'away', match: {}, do: { status: 503 } });
    const { group } = runner;
    await expect(group.decrease(['ci-unknown'], context())).rejects.toMatchObject({ code: 'unavailable' });
    expect(await group.decrease(names, context())).toEqual(names);
    scene.simulator.clearFaults();
    expect(await group.decrease(['ci-unknown'], context())).toEqual(['ci-unknown']);
    await runner.follow(nothing);
  });

  test('removes as many at a time as are made at a time', async () => {
    await start(SLOW);
    const runner = await scene.process({ parallel: 2 }).start();
    await runner.group.increase(6, context());
    const names = await runner.running(6);
    await runner.group.decrease(names, context());
    const deleting: number[] = [];
    while (scene.vmNames.length > 0) {
      deleting.push(scene.simulator.vms().filter(({ state }) => state === 'DELETE_PENDING').length);
      await hasty.sleep(50);
    }
    expect(Math.max(...deleting)).toBe(2);
  });
});

test('a group that another process has is not changed, until it is given back', async () => {
  await start();
  const { runner, names } = await groupOf(2);
  const { group } = runner;
  runner.lostTo = new OperationError({ code: 'conflict', attempted: 'keep it', problem: 'b@host has it' });
  const { requests } = scene;
  await expect(group.decrease(names, context())).rejects.toThrow('b@host has it');
  await expect(group.increase(1, context())).rejects.toThrow('b@host has it');
  expect(scene.requests).toBe(requests);
  runner.lostTo = undefined;
  expect(await group.decrease(names, context())).toEqual(names);
  await runner.follow(nothing);
});

describe('Heartbeat', () => {
  test('is well as long as the VM is on, and an error when it is off, deleted or on its way out', async () => {
    await start();
    const { runner, names } = await groupOf(3);
    const [off = '', gone = '', leaving = ''] = names;
    const { group } = runner;
    await group.heartbeat(off, context());
    const provider = scene.provider('ci', silentLogger);
    const idOf = (name: string): string => scene.simulator.vms().find((vm) => vm.name === name)?.uuid ?? '';
    await provider.powerOff(idOf(off), context());
    await provider.remove({ name: gone, vmId: idOf(gone) }, context());
    await group.decrease([leaving], context());
    await expect(group.heartbeat(off, context())).rejects.toThrow('instance is unhealthy: its VM is off');
    await expect(group.heartbeat(gone, context())).rejects.toThrow(
      'instance is unhealthy: its VM does not exist any more',
    );
    await expect(group.heartbeat(leaving, context())).rejects.toThrow(
      'instance is unhealthy: it is being removed',
    );
    await expect(group.heartbeat('ci-other', context())).rejects.toMatchObject({ code: 'not-found' });
    // An instance that is off is still there: the runner decides.
    expect((await runner.states())[off]).toBe('running');
  });

  test('is no error where Prism Central cannot be asked: the runner would replace the whole group', async () => {
    await start();
    const { runner, names } = await groupOf(1);
    for (const status of [503, 403, 500]) {
      scene.simulator.addFault({ name: 'away', match: { kind: 'vm' }, do: { status } });
      await runner.group.heartbeat(names[0] ?? '', context());
      scene.simulator.clearFaults();
    }
    expect(runner.lines.filter((line) => line.startsWith('Nothing is known of the health'))).toHaveLength(3);
  });
});

describe('Shutdown', () => {
  test('while instances are made removes those, keeps the ready ones, and gives the group back', async () => {
    await start(SLOW);
    const { runner, names } = await groupOf(1);
    const increase = runner.group.increase(3, context()).catch((error: unknown) => error);
    while (scene.vmNames.length < 3) await hasty.sleep(20);
    await runner.group.shutdown(context());
    await increase;
    expect(scene.vmNames).toEqual(names);
    expect(scene.unfinished).toEqual([]);
    expect(runner.leases).toBe(0);
    await runner.group.shutdown(context());
    const next = await scene.process().start();
    expect(await next.running(1)).toEqual(names);
  });

  test('does not wait for ever for a removal that cannot be done; the next process does it', async () => {
    await start();
    const { runner, names } = await groupOf(1);
    scene.simulator.addFault({ name: 'no', match: { method: 'DELETE', kind: 'vm' }, do: { status: 503 } });
    await runner.group.decrease(names, context());
    await runner.group.shutdown(context());
    expect(scene.vmNames).toEqual(names);
    scene.simulator.clearFaults();
    const next = await scene.process().start();
    await next.follow(nothing);
    expect(scene.left()).toEqual(NOTHING_LEFT);
  });

  test('during Init ends it, and nothing is kept', async () => {
    await start();
    scene.simulator.addFault({ name: 'hangs', match: { path: '/images/list' }, do: { hang: true } });
    const runner = scene.process();
    const started = runner.start().catch((error: unknown) => error);
    await hasty.sleep(2_000);
    await runner.group.shutdown(context());
    expect(await started).toMatchObject({ code: 'cancelled' });
    expect(runner.leases).toBe(0);
  });
});
