import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { PRESET, startSimulator, type Simulator } from '../../../src/simulator/index.js';
import { ask } from '../../docker-plugin/engine-client.js';
import { describeWithLoops, LoopDevices } from '../../node/loop-devices.js';
import { presetSpec, v4Providers } from '../../prism/v4/simulated-v4.js';
import { callContext } from '../../volume/memory-cloud.js';
import { ROOT } from '../machine.js';
import { LoopGuests } from './loop-guests.js';

/** Two plugins on two hosts; the process of the first one stands still, and its VM runs on. */
const answerShape = z.looseObject({ Err: z.string().default(''), Mountpoint: z.string().default('') });
type Answer = z.infer<typeof answerShape>;

describeWithLoops('a holder that falls silent while its VM runs', () => {
  const guests = new LoopGuests();
  const { to: providerTo, stop: stopProviders } = v4Providers();
  const plugins = new Map<string, { readonly process: ChildProcess; readonly socket: string }>();
  let simulator: Simulator;

  async function startPlugin(name: string, vmId: string): Promise<void> {
    const folder = join(guests.folder, name);
    mkdirSync(folder);
    const socket = join(folder, 'plugin.sock');
    const settings = join(folder, 'settings.json');
    const { host, port, username, password, fingerprint } = simulator;
    const server = { host, port, username, password, fingerprint };
    const records = join(folder, 'records');
    writeFileSync(
      settings,
      JSON.stringify({ ...server, socket, vmId, cluster: PRESET.cluster.name, folder: records }),
    );
    const bun = join(ROOT, 'node_modules/.bin/bun');
    const process = guests.spawnIn(name, bun, join(__dirname, 'hasty-plugin.ts'), settings);
    plugins.set(name, { process, socket });
    while ((await ask(socket, 'Plugin.Activate')) === undefined) {
      if (process.exitCode !== null) throw new Error('the plugin has ended');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async function call(name: string, method: string, body: unknown): Promise<Answer> {
    const answer = await ask(plugins.get(name)?.socket ?? '', `VolumeDriver.${method}`, body);
    return answerShape.parse(answer?.body);
  }

  beforeAll(async () => {
    LoopDevices.install();
    const profile = { call: () => 1, queue: 2, task: () => 10, learn: 5, shutdown: 100 };
    simulator = await startSimulator({ guests, profile, apis: ['v3', 'v4'], pcVersion: 'pc.7.6' });
    const provider = providerTo(simulator, { pcVersion: 'pc.7.6' });
    for (const name of ['host-a', 'host-b']) {
      await guests.addHost(name);
      const token = await provider.issueCreationToken(name, callContext());
      await startPlugin(name, await provider.create(token, presetSpec(name), callContext()));
    }
  });
  afterAll(async () => {
    for (const { process } of plugins.values()) {
      if (process.exitCode !== null) continue;
      const ended = once(process, 'exit');
      process.kill('SIGKILL');
      await ended;
    }
    await stopProviders();
    await simulator.close();
    await guests.close();
  });

  it('is fenced after the time that the policy states; its mount fails, and its successor has what was synced', async () => {
    // The kernel that both hosts share takes no second xfs of one identifier.
    await call('host-a', 'Create', { Name: 'db', Opts: { fs: 'ext4' } });
    const held = await call('host-a', 'Mount', { Name: 'db', ID: 'one' });
    expect(held.Err).toBe('');
    const before = guests.path('host-a', held.Mountpoint);
    writeFileSync(join(before, 'row'), 'kept', { flush: true });
    plugins.get('host-a')?.process.kill('SIGSTOP');
    guests.silent.add('host-a');

    // As an orchestrator, which tries again until it succeeds.
    const refusals: string[] = [];
    let taken = await call('host-b', 'Mount', { Name: 'db', ID: 'two' });
    while (taken.Err !== '') {
      refusals.push(taken.Err);
      expect(taken.Err).toContain('is held by VM "host-a"');
      writeFileSync(join(before, 'beat'), String(refusals.length));
      expect(guests.mounts('host-b')).toEqual([]);
      taken = await call('host-b', 'Mount', { Name: 'db', ID: 'two' });
    }
    expect(refusals[0]).toMatch(/held by VM "host-a" .*last sign of life was seen \d+ s ago .*after 120 s/);
    expect(() => writeFileSync(join(before, 'row'), 'lost')).toThrow('EIO');
    expect(readFileSync(join(guests.path('host-b', taken.Mountpoint), 'row'), 'utf8')).toBe('kept');

    // The holder wakes: it gets the volume neither back nor in the way of its successor.
    plugins.get('host-a')?.process.kill('SIGCONT');
    expect((await call('host-a', 'Mount', { Name: 'db', ID: 'three' })).Err).toContain('VM "host-b"');
    expect((await call('host-a', 'Unmount', { Name: 'db', ID: 'one' })).Err).toBe('');
    expect(guests.mounts('host-a')).toEqual([]);
    expect(readFileSync(join(guests.path('host-b', taken.Mountpoint), 'row'), 'utf8')).toBe('kept');
    expect((await call('host-b', 'Unmount', { Name: 'db', ID: 'two' })).Err).toBe('');
    expect(guests.attached('host-b')).toEqual([]);
    expect(guests.violations).toEqual([]);
  });
});
