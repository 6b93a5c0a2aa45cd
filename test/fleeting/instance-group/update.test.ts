import { silentLogger } from '../../../src/support/index.js';
import { hasty } from '../../prism/simulated.js';
import { context, GroupScene, NOTHING_LEFT, type GroupProcess, type SceneOptions } from './group-scene.js';

let scene: GroupScene;
afterEach(async () => await scene.close());

const start = async (options?: SceneOptions): Promise<void> => void (scene = await GroupScene.start(options));

/** A group that has so many running instances, and their names. */
async function groupOf(count: number): Promise<{ runner: GroupProcess; names: readonly string[] }> {
  const runner = await scene.process().start();
  await runner.group.increase(count, context());
  return { runner, names: await runner.running(count) };
}

async function deleteByHand(name: string): Promise<void> {
  const provider = scene.provider('ci', silentLogger);
  const vm = scene.simulator.vms().find((one) => one.name === name);
  await provider.remove({ name, vmId: vm?.uuid }, context());
}

describe.each(['v3', 'v4'] as const)('Update on API %s', (api) => {
  test('sends one request, and reads only VMs whose names begin like those of the group', async () => {
    await start({ api });
    const { runner, names } = await groupOf(3);
    const before = { ...scene.simulator.requestCounts() };
    expect(Object.keys(await runner.states()).sort()).toEqual([...names].sort());
    const after = Object.entries(scene.simulator.requestCounts());
    const sent = after.flatMap(([route, count]) =>
      count === before[route] ? [] : [[route, count - (before[route] ?? 0)]],
    );
    expect(sent).toHaveLength(1);
    expect(sent[0]?.[0]).toMatch(api === 'v3' ? /^POST .*\/vms\/list$/ : /^GET .*\/vms$/);
    expect(sent[0]?.[1]).toBe(1);
  });

  test('tells once of an instance whose VM was deleted by hand', async () => {
    await start({ api });
    const { runner, names } = await groupOf(2);
    const [gone = '', stays = ''] = names;
    await deleteByHand(gone);
    const told = await runner.follow((states) => states[gone] === 'deleted');
    expect(told[stays]).toEqual(['running']);
    expect(await runner.states()).toEqual({ [stays]: 'running' });
    expect(runner.warnings).toEqual([`Instance ${gone} is gone: its VM was deleted in Prism Central.`]);
    await runner.group.decrease([stays], context());
    await runner.follow((states) => Object.keys(states).length === 0);
    expect(scene.left()).toEqual(NOTHING_LEFT);
    expect(await runner.group.decrease([gone], context())).toEqual([gone]);
  });
});

describe('Update', () => {
  test.each([
    ['v3', 1],
    ['v4', 3],
  ] as const)(
    'of 250 instances on API %s found by a second process, sends %i requests',
    async (api, pages) => {
      await start({ api });
      const first = await scene.process({ maxSize: 250, timeLimit: 600_000 }).start();
      expect(await first.group.increase(250, context())).toBe(250);
      await first.running(250);
      first.kill();
      const second = await scene.process({ maxSize: 250 }).start();
      const { listRequests } = scene;
      expect(Object.keys(await second.states())).toHaveLength(250);
      expect(scene.listRequests - listRequests).toBe(pages);
    },
  );

  test('of a list that misses a VM which is there keeps it', async () => {
    await start();
    const { runner, names } = await groupOf(2);
    scene.simulator.addFault({
      name: 'empty',
      match: { path: '/vms/list' },
      do: { status: 200, body: { api_version: '3.1', metadata: { total_matches: 0 }, entities: [] } },
    });
    const states = await runner.states();
    expect(states).toEqual(Object.fromEntries(names.map((name) => [name, 'running'])));
    scene.simulator.addFault({ name: 'no', match: { method: 'GET', kind: 'vm' }, do: { status: 503 } });
    expect(await runner.states()).toEqual(states);
    scene.simulator.clearFaults();
    expect(await runner.states()).toEqual(states);
  });

  test('of a list that still shows a VM which was removed tells nothing more of it', async () => {
    await start({ api: 'v4' });
    const { runner, names } = await groupOf(2);
    const [gone = '', stays = ''] = names;
    const lag = 30;
    scene.simulator.addFault({ name: 'lag', match: { path: '/vmm/ahv/config/vms' }, do: { lag } });
    // Both lists, the whole one and that of the group's names, are as they were now.
    await runner.group.decrease(['ci-nothing'], context());
    await runner.states();
    await runner.group.decrease([gone], context());
    await runner.follow((states) => states[gone] === 'deleted');
    expect(scene.vmNames).toEqual([stays]);
    expect(await runner.group.decrease([gone], context())).toEqual([gone]);
    for (let round = 0; round < lag + 2; round += 1) {
      await hasty.sleep(2_000);
      expect(await runner.states()).toEqual({ [stays]: 'running' });
    }
    expect(runner.warnings).toEqual([]);
  });

  test('fails while Prism Central is away, and loses nothing', async () => {
    await start();
    const { runner, names } = await groupOf(2);
    scene.simulator.addFault({ name: 'away', match: {}, do: { status: 503 } });
    await expect(runner.states()).rejects.toMatchObject({ code: 'unavailable' });
    scene.simulator.clearFaults();
    expect(Object.keys(await runner.states())).toEqual(names);
  });

  test('ends with its context', async () => {
    await start({ faults: [] });
    const { runner } = await groupOf(1);
    scene.simulator.addFault({ name: 'hangs', match: { path: '/vms/list' }, do: { hang: true } });
    const controller = new AbortController();
    const update = runner.group.update(() => undefined, context(controller.signal));
    const ended = update.catch((error: unknown) => error);
    await hasty.sleep(500);
    controller.abort(new Error('the runner is gone'));
    expect(await ended).toMatchObject({ code: 'cancelled' });
  });

  test('keeps telling of an instance that was renamed by hand under the id that the runner knows', async () => {
    await start();
    const { runner, names } = await groupOf(1);
    const [name = ''] = names;
    const [vm] = scene.simulator.vms();
    await rename(vm?.uuid ?? '', 'web');
    expect(scene.vmNames).toEqual(['web']);
    expect(await runner.states()).toEqual({ [name]: 'running' });
    await runner.group.decrease([name], context());
    await runner.follow((states) => Object.keys(states).length === 0);
    expect(scene.vmNames).toEqual([]);
  });
});

async function rename(uuid: string, name: string): Promise<void> {
  const { url, username, password, certificatePem: ca } = scene.simulator;
  const { default: axios } = await import('axios');
  const { Agent } = await import('node:https');
  const client = axios.create({
    baseURL: new URL('/api/nutanix/v3', url).href,
    auth: { username, password },
    httpsAgent: new Agent({ ca }),
  });
  const { data } = await client.get<{ spec: object; metadata: object }>(`/vms/${uuid}`);
  const { spec, metadata } = data;
  await client.put(`/vms/${uuid}`, { api_version: '3.1', spec: { ...spec, name }, metadata });
  while (!scene.vmNames.includes(name)) await hasty.sleep(50);
}
