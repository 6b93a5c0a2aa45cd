import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PRESET } from '../../../src/simulator/index.js';
import { silentLogger } from '../../../src/support/index.js';
import { hasty } from '../../prism/simulated.js';
import { context, GroupScene, NOTHING_LEFT, type SceneOptions } from './group-scene.js';

let scene: GroupScene;
afterEach(async () => await scene.close());

const start = async (options?: SceneOptions): Promise<void> => void (scene = await GroupScene.start(options));

describe.each(['v3', 'v4'] as const)('a process after one that was killed, on API %s', (api) => {
  test('finds the instances that were ready, waits for their guests with the same key, and tells of them', async () => {
    await start({ api, guestFaults: () => ({}) });
    const first = await scene.process().start();
    await first.group.increase(2, context());
    const names = await first.running(2);
    first.kill();
    const second = await scene.process().start();
    const told = await second.follow((states) => Object.values(states).join() === 'running,running');
    expect(Object.keys(told).sort()).toEqual([...names].sort());
    const [name = ''] = names;
    const [before, now] = await Promise.all(
      [first, second].map(async ({ group }) => await group.connectInfo(name, context())),
    );
    expect(now).toEqual(before);
    await second.group.decrease(names, context());
    await second.follow((states) => Object.keys(states).length === 0);
    expect(scene.left()).toEqual(NOTHING_LEFT);
  });

  test.each([1, 2, 3, 5, 8])(
    'takes in what was made meanwhile, and removes what else was half made: killed when %i requests were sent',
    async (count) => {
      await start({ api, profile: { call: () => 1, queue: 2, task: () => 10, learn: 1, shutdown: 100 } });
      const first = await scene.process().start();
      const { requests } = scene;
      void first.group.increase(2, context());
      while (scene.requests < requests + count) await hasty.sleep(10);
      await first.killed();
      const made = [...scene.vmNames].sort();
      const second = await scene.process().start();
      await second.follow((states) => Object.values(states).every((state) => state === 'running'));
      expect(Object.keys(await second.states()).sort()).toEqual(made);
      expect(scene.vmNames).toHaveLength(made.length);
      await second.group.decrease(made, context());
      const told = await second.follow((states) => Object.keys(states).length === 0);
      for (const states of Object.values(told)) expect(states.at(-1)).toBe('deleted');
      expect(scene.vmNames).toEqual([]);
      await second.group.shutdown(context());
      // A v3 reservation whose answer arrived in the moment of the kill is known to no process; it expires by itself.
      expect({ ...scene.left(), reservations: [] }).toEqual(NOTHING_LEFT);
    },
  );

  test('goes on with removals', async () => {
    await start({ api });
    const first = await scene.process().start();
    await first.group.increase(3, context());
    const names = await first.running(3);
    scene.simulator.addFault({ name: 'no', match: { method: 'DELETE', kind: 'vm' }, do: { status: 503 } });
    expect(await first.group.decrease(names.slice(1), context())).toEqual(names.slice(1));
    while (scene.records.length < 2) await hasty.sleep(100);
    first.kill();
    scene.simulator.clearFaults();
    const second = await scene.process().start();
    expect(await second.running(1)).toEqual(names.slice(0, 1));
    expect(scene.vmNames).toEqual(names.slice(0, 1));
  });
});

test('a start that fails has nothing under way any more, and the next one goes on with the removals', async () => {
  await start();
  const first = await scene.process().start();
  await first.group.increase(1, context());
  const names = await first.running(1);
  scene.simulator.addFault({ name: 'no', match: { method: 'DELETE', kind: 'vm' }, do: { status: 503 } });
  await first.group.decrease(names, context());
  while (scene.records.length < 1) await hasty.sleep(100);
  first.kill();
  scene.simulator.addFault({ name: 'list', match: { path: '/vms/list' }, do: { status: 403 } });
  const second = scene.process();
  await expect(second.start()).rejects.toMatchObject({ code: 'permission-denied' });
  expect(second.leases).toBe(0);
  const { length } = second.warnings;
  await hasty.sleep(100_000);
  expect(second.warnings).toHaveLength(length);
  scene.simulator.clearFaults();
  await second.start();
  expect(await second.running(0)).toEqual([]);
  expect(scene.left()).toEqual(NOTHING_LEFT);
});

describe('a VM of the group that is found', () => {
  /** A process that made one instance, whose guest answers SSH, and was killed. */
  async function oneIsLeft(): Promise<void> {
    await start({ guestFaults: () => ({}) });
    const first = await scene.process().start();
    await first.group.increase(1, context());
    await first.running(1);
    first.kill();
  }

  test('and was switched off is removed, because it never gets ready', async () => {
    await oneIsLeft();
    await powerOff();
    const second = await scene.process().start();
    const told = await second.follow((states) => Object.keys(states).length === 0);
    // The removal may be over before an Update sees it.
    expect(Object.values(told).map((states) => states.join())).toEqual([
      expect.stringMatching(/^creating(,deleting)?,deleted$/),
    ]);
    expect(second.warnings.join()).toMatch(/does not get ready, so it is removed: .*the VM is off/);
    expect(scene.vmNames).toEqual([]);
  });

  test('is not removed as long as Prism Central cannot be asked', async () => {
    await oneIsLeft();
    const second = scene.process({ timeLimit: 8_000 }, hasty);
    scene.simulator.addFault({ name: 'no', match: { method: 'GET', kind: 'vm' }, do: { status: 503 } });
    await second.start();
    // Its time was over, and then Prism Central did not know, either.
    while (!second.lines.some((line) => line.startsWith('look up VM'))) await hasty.sleep(1_000);
    scene.simulator.clearFaults();
    expect(await second.running(1)).toEqual(scene.vmNames);
    expect(second.warnings).toEqual([]);
  });

  test('is not removed when its time is over just as Prism Central can be asked again', async () => {
    await oneIsLeft();
    const second = scene.process({ timeLimit: 8_000 }, hasty);
    scene.simulator.addFault({ name: 'no', match: { method: 'GET', kind: 'vm' }, do: { status: 503 } });
    second.waitEnds = () => {
      scene.simulator.clearFaults();
    };
    await second.start();
    expect(await second.running(1)).toEqual(scene.vmNames);
    expect(second.warnings).toEqual([]);
  });

  test('under a name of an earlier pattern belongs to it', async () => {
    await start();
    const first = await scene
      .process({ namePrefix: 'old-', instanceName: (unique) => `old-${unique}` })
      .start();
    await first.group.increase(1, context());
    const names = await first.running(1);
    await first.group.shutdown(context());
    const second = await scene.process().start();
    expect(await second.running(1)).toEqual(names);
    await second.group.increase(1, context());
    expect(await second.running(2)).toContain(names[0]);
    await second.group.decrease(names, context());
    await second.running(1);
  });
});

describe('VMs that are left alone', () => {
  test('those of another group, also of one that begins like it, and those without a tag', async () => {
    await start();
    const other = scene.process({ name: 'ci-2', stateFolder: `${scene.settings.stateFolder}-2` });
    await other.start();
    await other.group.increase(2, context());
    await other.running(2);
    const { group, ...runner } = await scene.process().start();
    const before = scene.vmNames;
    const seen: string[] = [];
    await group.update((name) => void seen.push(name), context());
    expect(seen).toEqual([]);
    const [stranger = ''] = before;
    await expect(group.decrease([stranger], context())).rejects.toThrow(/it is not of this group/);
    expect(await group.decrease(['ci-nothing'], context())).toEqual(['ci-nothing']);
    await group.shutdown(context());
    expect(scene.vmNames).toEqual(before);
    expect(runner.warnings.join()).toContain('it is not of this group');
  });

  test('a copy of an instance, with a word', async () => {
    await start();
    const runner = await scene.process().start();
    await runner.group.increase(1, context());
    const [name = ''] = await runner.running(1);
    const id = await copyOf(name);
    expect(await runner.states()).toEqual({ [name]: 'running' });
    await expect(runner.group.decrease(['copy'], context())).rejects.toThrow(/may be, a copy of an instance/);
    await runner.group.decrease([name], context());
    await runner.follow((states) => Object.keys(states).length === 0);
    expect(scene.vmNames).toEqual(['copy']);
    expect(runner.warnings.filter((line) => line.includes('is left alone'))).toEqual([
      `VM "copy" (${id}) is left alone: it is, or may be, a copy of an instance.`,
    ]);
  });
});

async function powerOff(): Promise<void> {
  const provider = scene.provider('ci', silentLogger);
  for (const { uuid } of scene.simulator.vms()) await provider.powerOff(uuid, context());
}

/** A VM with an instance's description, as a clone has it; its id. */
async function copyOf(name: string): Promise<string> {
  const original = scene.simulator.vms().find((vm) => vm.name === name);
  const { metadata } = await scene.byHand('POST', 'vms', {
    spec: {
      name: 'copy',
      description: original?.description,
      resources: { num_sockets: 1, memory_size_mib: 512 },
      cluster_reference: { kind: 'cluster', uuid: PRESET.cluster.uuid },
    },
    metadata: { kind: 'vm' },
    api_version: '3.1',
  });
  while (scene.simulator.vms().some(({ made }) => !made)) await hasty.sleep(50);
  return String(metadata?.['uuid']);
}

test('what is in the folder of unfinished work besides records does not keep a group from its start', async () => {
  await start();
  const first = await scene.process().start();
  await first.group.shutdown(context());
  const folder = join(scene.settings.stateFolder, 'unfinished');
  writeFileSync(join(folder, 'half.json.1b2c.tmp'), '{"name":');
  writeFileSync(join(folder, 'torn.json'), '{"name":');
  // What cannot be removed.
  mkdirSync(join(folder, 'odd.json.1b2d.tmp'));
  const second = await scene.process().start();
  expect([...scene.unfinished].sort()).toEqual(['odd.json.1b2d.tmp', 'torn.json']);
  expect(second.warnings).toEqual([
    expect.stringContaining('remove odd.json.1b2d.tmp: '),
    `${join(folder, 'torn.json')} is no record of an instance, and is left alone.`,
  ]);
});

describe('a record that outlived the making of its instance does no harm', () => {
  /** A plugin that runs one instance has ended, and its record of the making could not be deleted. */
  async function withRecord(options: SceneOptions): Promise<readonly string[]> {
    await start({ ...options, guestFaults: () => ({}) });
    const first = await scene.process().start();
    await first.group.increase(1, context());
    const names = await first.running(1);
    await first.group.shutdown(context());
    const listed = await scene.provider('ci', silentLogger).listOwned(undefined, context());
    const [{ name, creationToken } = { name: '', creationToken: '' }] = listed;
    const record = { name, creationToken, prismCentral: scene.settings.prismCentral, work: 'make' };
    // The name of the file as the plugin has it.
    const file = `${createHash('sha256').update(name).digest('hex')}.json`;
    writeFileSync(join(scene.settings.stateFolder, 'unfinished', file), JSON.stringify(record));
    return names;
  }

  async function staysRunning(names: readonly string[]): Promise<void> {
    const runner = await scene.process().start();
    const told = await runner.follow((states) => Object.values(states).join() === 'running');
    expect(Object.keys(told)).toEqual(names);
    expect(Object.values(told).flat()).not.toContain('deleting');
    expect(scene.vmNames).toEqual(names);
    expect(scene.unfinished).toEqual([]);
  }

  test.each(['v3', 'v4'] as const)('on API %s', async (api) => {
    await staysRunning(await withRecord({ api }));
  });

  test('nor when the list misses the instance', async () => {
    const names = await withRecord({});
    scene.simulator.addFault({
      name: 'empty',
      match: { path: '/vms/list' },
      do: { status: 200, body: { api_version: '3.1', metadata: { total_matches: 0 }, entities: [] } },
      times: 1,
    });
    await staysRunning(names);
  });
});

describe('a record of unfinished work', () => {
  const elsewhere = { host: 'other.example', port: 9440 };
  let other: GroupScene | undefined;
  afterEach(async () => await other?.close());

  /** An instance whose removal was accepted, and the plugin killed while Prism Central refuses it. */
  async function halfRemoved(): Promise<string> {
    await start();
    const first = await scene.process().start();
    await first.group.increase(1, context());
    const names = await first.running(1);
    scene.simulator.addFault({ name: 'no', match: { method: 'DELETE', kind: 'vm' }, do: { status: 503 } });
    await first.group.decrease(names, context());
    while (scene.records.length < 1) await hasty.sleep(100);
    first.kill();
    return join(scene.settings.stateFolder, 'unfinished', scene.records[0] ?? '');
  }

  test('of another Prism Central is left alone, with a word, and taken up there', async () => {
    const path = await halfRemoved();
    other = await GroupScene.start();
    const { stateFolder, keyPath } = scene.settings;
    const there = await other.process({ stateFolder, keyPath, prismCentral: elsewhere }).start();
    expect(await there.states()).toEqual({});
    await there.group.shutdown(context());
    const [name = ''] = scene.vmNames;
    expect(there.warnings).toEqual([
      `Instance ${name} was left half made or half removed in prism.example:9440, and this group is in other.example:9440: ` +
        'it is left alone. Start the group there once more, or delete the VM there if there is one, and then ' +
        `${path}.`,
    ]);
    const back = await scene.process({ prismCentral: { host: 'Prism.Example', port: 9440 } }).start();
    scene.simulator.clearFaults();
    await back.running(0);
    expect(scene.left()).toEqual(NOTHING_LEFT);
    expect(back.warnings.join()).not.toContain('left alone');
  });

  test('of this Prism Central under another name is taken up where the list shows its instance', async () => {
    await halfRemoved();
    const second = await scene.process({ prismCentral: elsewhere }).start();
    scene.simulator.clearFaults();
    await second.running(0);
    expect(scene.left()).toEqual(NOTHING_LEFT);
  });

  test('that does not say of which is one of this Prism Central', async () => {
    const path = await halfRemoved();
    const { name, creationToken } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    writeFileSync(path, JSON.stringify({ name, creationToken }));
    const second = await scene.process({ prismCentral: elsewhere }).start();
    scene.simulator.clearFaults();
    await second.running(0);
    expect(scene.left()).toEqual(NOTHING_LEFT);
    expect(second.warnings.join()).not.toContain('left alone');
  });
});
