import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Volume } from '../../../src/provider/index.js';
import { PRESET, startSimulator, type Simulator } from '../../../src/simulator/index.js';
import { ask } from '../../docker-plugin/engine-client.js';
import { hasLoopDevices, LoopDevices } from '../../node/loop-devices.js';
import { presetSpec, v4Providers } from '../../prism/v4/simulated-v4.js';
import { volumesPorts } from '../../prism/v4/volume/simulated-volumes.js';
import { callContext } from '../../volume/memory-cloud.js';
import { dist } from '../machine.js';
import { LoopGuests } from './loop-guests.js';
import { engineProblem, ranWith, VolumeEngine } from './volume-engine.js';

/**
 * A real engine against the executable as its plugin, over real devices: what the engine asks, and what it makes of each
 * answer.
 */
const problem = hasLoopDevices ? engineProblem() : 'there are no loop devices';
if (problem !== undefined)
  process.stderr.write(`tests of the engine's volume calls are skipped: ${problem}\n`);

const recordShape = z.looseObject({
  name: z.string(),
  users: z.array(z.string()),
  attachment: z.unknown().optional(),
});

(problem === undefined ? describe : describe.skip)('the engine and the volume plugin', () => {
  const state = mkdtempSync(join(tmpdir(), 'docker-protocol-'));
  // The engine looks for plugins in fixed folders only.
  const driver = `nutanix-${String(process.pid)}`;
  const socket = `/run/docker/plugins/${driver}.sock`;
  const HOST = 'this-host';
  const guests = new LoopGuests();
  const engine = new VolumeEngine();
  const { docker, run } = {
    docker: async (...args: string[]) => await engine.docker(...args),
    run: async (...args: string[]) => await engine.run(...args),
  };
  const { to: providerTo, stop: stopProviders } = v4Providers();
  const { to: volumesTo, stop: stopVolumes } = volumesPorts();
  let simulator: Simulator;
  let plugin: ChildProcess;
  let errors = '';

  /** Settings of a host with records of its own. */
  function settings(host: string, vmId: string): string {
    const { host: endpoint, port, username, password, fingerprint } = simulator;
    const connection = { endpoint, port, username, password, fingerprint: `sha256:${fingerprint}` };
    const policy = join(state, 'policy.yaml');
    writeFileSync(policy, 'defaults: { size: 320M }\n');
    const path = join(state, `${host}.yaml`);
    const here = { cluster: PRESET.cluster.name, 'vm-id': vmId, folder: join(state, host), policy };
    writeFileSync(path, JSON.stringify({ ...connection, ...here }), { mode: 0o600 });
    return path;
  }

  async function startPlugin(): Promise<void> {
    const args = ['docker-plugin', '--config', join(state, `${HOST}.yaml`), '--socket', socket];
    plugin = spawn(dist('nutanix-volume'), args, { stdio: ['ignore', 'ignore', 'pipe'] });
    plugin.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    while ((await ask(socket, 'Plugin.Activate')) === undefined) {
      if (plugin.exitCode !== null) throw new Error(`the plugin ended: ${errors.slice(-2000)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async function killPlugin(): Promise<void> {
    const ended = new Promise((resolve) => plugin.once('exit', resolve));
    plugin.kill('SIGKILL');
    await ended;
  }

  function recordPath(name: string): string {
    const folder = join(state, HOST, 'volumes');
    const paths = readdirSync(folder).map((file) => join(folder, file));
    return paths.find((path) => recordOf(path).name === name) ?? '';
  }
  const recordOf = (path: string): z.infer<typeof recordShape> =>
    recordShape.parse(JSON.parse(readFileSync(path, 'utf8')));
  const users = (name: string): readonly string[] => recordOf(recordPath(name)).users;
  const isMounted = (): boolean => guests.mounts(HOST).length > 0;
  const goAway = (): void => simulator.addFault({ name: 'away', do: { resetAfter: -1, effect: 'none' } });

  /** What start-containers writes until it has ended; `then` is called when it has begun. */
  async function startedContainers(then: () => void): Promise<string> {
    const args = ['start-containers', '--engine', join(engine.folder, 'docker.sock'), '--driver', driver];
    const child = spawn(dist('nutanix-volume'), args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let written = '';
    child.stderr.on('data', (chunk: Buffer) => {
      if (written === '') then();
      written += chunk.toString();
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    return code === 0 ? written : `${written}code ${String(code)}`;
  }

  async function inCloud(): Promise<readonly Volume[]> {
    const volumes = volumesTo(simulator);
    const listed = await volumes.list(undefined, callContext());
    const found = await Promise.all(listed.map(async ({ id }) => await volumes.find(id, callContext())));
    return found.flatMap((volume) => volume ?? []);
  }

  beforeAll(async () => {
    LoopDevices.install();
    const profile = { call: () => 1, queue: 2, task: () => 10, learn: 5, shutdown: 100 };
    simulator = await startSimulator({ guests, profile, apis: ['v3', 'v4'], pcVersion: 'pc.7.6' });
    const provider = providerTo(simulator, { pcVersion: 'pc.7.6' });
    guests.addThisComputer(HOST);
    const token = await provider.issueCreationToken(HOST, callContext());
    settings(HOST, await provider.create(token, presetSpec(HOST), callContext()));
    await startPlugin();
    await engine.start();
    engine.makeImage();
  });

  afterEach(async () => {
    simulator.removeFault('away');
    await engine.removeContainers();
  });

  afterAll(async () => {
    await engine.remove();
    await killPlugin();
    await stopVolumes();
    await stopProviders();
    await simulator.close();
    await guests.close();
    rmSync(socket, { force: true });
    rmSync(state, { recursive: true });
  });

  test('create, ls, inspect: options arrive, the scope is global', async () => {
    await docker('volume', 'create', '-d', driver, '-o', 'size=2G', '-o', 'fs=ext4', 'first');
    const [made, ...others] = await inCloud();
    expect(others).toEqual([]);
    expect(made).toMatchObject({ name: 'first', disks: [{ sizeBytes: 2 ** 31 }], attachments: [] });
    expect(made?.description).toContain('fs=ext4');
    expect(await docker('volume', 'ls', '--format', '{{.Driver}} {{.Name}}')).toBe(`${driver} first`);
    const [shown] = JSON.parse(await docker('volume', 'inspect', 'first')) as Record<string, unknown>[];
    const status = { id: made?.id, size: '2G', filesystem: 'ext4' };
    expect(shown).toMatchObject({ Driver: driver, Scope: 'global', Status: status });
  });

  test('an option that there is not is told, and nothing is made; help prints all', async () => {
    const wrong = await run('volume', 'create', '-d', driver, '-o', 'sise=2G', 'wrong');
    expect(wrong.stderr).toContain('create volume "wrong": there is no option sise; did you mean size?');
    const help = await run('volume', 'create', '-d', driver, '-o', 'help', 'wrong');
    expect(help.stderr).toMatch(/-o size=[^]*-o on-remove=/);
    expect((await run('volume', 'inspect', 'wrong')).stderr).toContain('no such volume');
    expect(await inCloud()).toHaveLength(1);
  });

  test('what a container writes is there for the next one; the image fills a new volume', async () => {
    const write = ['--volume-driver', driver, '-v', 'db:/data', 'box', 'sh', '-c', 'echo kept >/data/x'];
    await docker('run', '--rm', ...write);
    expect(await docker('run', '--rm', '-v', 'db:/data', 'box', 'cat', '/data/x', '/data/seed')).toBe(
      'kept\nfrom-image',
    );
    expect(isMounted()).toBe(false);
    expect(guests.attached(HOST)).toEqual([]);
  });

  test('two containers, exec and cp share one mount, which goes with the last of them', async () => {
    await docker('run', '-d', '--name', 'one', '-v', 'db:/data', 'box', 'sleep', '600');
    await docker('run', '-d', '--name', 'two', '-v', 'db:/data', 'box', 'sleep', '600');
    const both = users('db');
    expect(both).toHaveLength(2);
    await docker('exec', 'one', 'sh', '-c', 'echo shared >/data/y');
    expect(await docker('exec', 'two', 'cat', '/data/y')).toBe('shared');
    const record = statSync(recordPath('db')).ino;
    await docker('cp', 'two:/data/y', join(state, 'copied'));
    expect(readFileSync(join(state, 'copied'), 'utf8')).toBe('shared\n');
    // The engine mounts for cp with the id of the container that runs, and unmounts it: each id is counted.
    expect(statSync(recordPath('db')).ino).not.toBe(record);
    expect(users('db')).toEqual(both);
    await docker('rm', '-f', 'one');
    expect(users('db')).toHaveLength(1);
    expect(isMounted()).toBe(true);
    await docker('rm', '-f', 'two');
    expect(isMounted()).toBe(false);
  });

  test('a plugin that was killed is started again while containers run; they give their volume back to it', async () => {
    await docker('run', '-d', '--name', 'one', '-v', 'db:/data', 'box', 'sleep', '600');
    await killPlugin();
    expect(await docker('exec', 'one', 'cat', '/data/x')).toBe('kept');
    await startPlugin();
    await docker('restart', '-t', '0', 'one');
    expect(await docker('exec', 'one', 'cat', '/data/x')).toBe('kept');
    await docker('rm', '-f', 'one');
    expect(isMounted()).toBe(false);
    expect(guests.attached(HOST)).toEqual([]);
  });

  test('a restart of the engine below live containers; the old user gives the volume back', async () => {
    await docker('run', '-d', '--name', 'one', '-v', 'db:/data', 'box', 'sleep', '600');
    const before = users('db');
    await engine.stopDaemon();
    await engine.start();
    expect(await docker('exec', 'one', 'cat', '/data/x')).toBe('kept');
    expect(users('db')).toEqual(before);
    await docker('rm', '-f', 'one');
    expect(users('db')).toEqual([]);
    expect(isMounted()).toBe(false);
  });

  test('while the cloud is away, known volumes are listed and started again', async () => {
    await docker('run', '-d', '--name', 'one', '-v', 'db:/data', 'box', 'sleep', '600');
    goAway();
    expect(await docker('volume', 'ls', '-q')).toContain('db');
    expect(await docker('volume', 'inspect', '-f', '{{.Driver}}', 'db')).toBe(driver);
    await docker('restart', '-t', '0', 'one');
    expect(await docker('exec', 'one', 'cat', '/data/x')).toBe('kept');
  });

  test('started again while the cloud is away, the engine leaves a container down, and start-containers starts it', async () => {
    await docker(
      'run',
      '-d',
      '--name',
      'one',
      '--restart',
      'always',
      '-v',
      'db:/data',
      'box',
      'sleep',
      '600',
    );
    // What the engine starts at its start all the same; the volume is given back, as by a host that goes down.
    await docker('stop', '-t', '0', 'one');
    goAway();
    await engine.stopDaemon();
    await engine.start();
    const state = async (): Promise<string> =>
      await docker('inspect', '-f', '{{.State.Status}} {{.State.Error}}', 'one');
    expect(await state()).toMatch(/^exited error while mounting volume '': look up volume group "db"/);
    const lines = await startedContainers(() => simulator.removeFault('away'));
    expect(lines).toMatch(
      /^WARNING: container "one" was left down by the engine.*\ncontainer "one" runs, at attempt \d+\n$/,
    );
    expect(await docker('exec', 'one', 'cat', '/data/x')).toBe('kept');
  });

  test('while the cloud is away, a name of another host never becomes a local volume', async () => {
    // The engine has heard of the first one, and its plugin has not; of the other one neither has.
    await docker('volume', 'create', '-d', driver, 'elsewhere');
    rmSync(recordPath('elsewhere'));
    const other = settings('other-host', '7d1e0f7c-54b5-4f9b-9d6a-0a9a3a5f2b11');
    const made = await ranWith(dist('nutanix-volume'), 'create', 'unheard', '--config', other);
    expect(made).toMatchObject({ status: 0 });
    goAway();
    const locals = async (): Promise<string> =>
      (await run('volume', 'ls', '-q', '-f', 'driver=local')).stdout;
    const [known, named] = await Promise.all([
      run('run', '--rm', '-v', 'elsewhere:/data', 'box', 'ls'),
      run('run', '--rm', '--volume-driver', driver, '-v', 'unheard:/data', 'box', 'ls'),
    ]);
    for (const [{ status, stderr }, name] of [
      [known, 'elsewhere'],
      [named, 'unheard'],
    ] as const) {
      expect({ status, stderr }).toEqual({ status: 125, stderr: expect.stringContaining(name) as string });
    }
    expect(await locals()).toBe('');
    simulator.removeFault('away');
    for (const name of ['elsewhere', 'unheard']) {
      expect(await docker('volume', 'inspect', '-f', '{{.Driver}}', name)).toBe(driver);
      await docker('run', '--rm', '-v', `${name}:/data`, 'box', 'ls');
    }
    expect(await locals()).toBe('');
  });

  test('compose makes a volume with its options, keeps it over down and up, and uses one that is there', async () => {
    const box = { image: 'box', network_mode: 'none', command: ['sleep', '600'], stop_grace_period: '0s' };
    const shop = {
      name: 'shop',
      services: { one: { ...box, volumes: ['own:/data', 'known:/known'] } },
      volumes: {
        own: { name: 'shop', driver, driver_opts: { size: '330M', fs: 'ext4' } },
        known: { name: 'db', external: true },
      },
    };
    await engine.compose(shop, 'up', '--detach');
    expect(await engine.compose(shop, 'exec', '-T', 'one', 'cat', '/data/seed', '/known/x')).toBe(
      'from-image\nkept',
    );
    await engine.compose(shop, 'exec', '-T', 'one', 'sh', '-c', 'echo sold >/data/x');
    await engine.compose(shop, 'down');
    expect(isMounted()).toBe(false);
    await engine.compose(shop, 'up', '--detach');
    expect(await engine.compose(shop, 'exec', '-T', 'one', 'cat', '/data/x')).toBe('sold');
    const made = (await inCloud()).find(({ name }) => name === 'shop');
    expect(made?.description).toContain('fs=ext4');
    expect(made?.disks).toMatchObject([{ sizeBytes: 330 * 2 ** 20 }]);
    await engine.compose(shop, 'down', '--volumes');
    // The one that was there before is not Compose's to remove.
    expect(await docker('volume', 'ls', '-q')).not.toContain('shop');
    expect(await docker('volume', 'ls', '-q')).toContain('db');
  });

  test('prune takes none of them; rm does, and their data is kept', async () => {
    await docker('volume', 'prune', '-f');
    expect((await docker('volume', 'ls', '-q')).split('\n')).toEqual(['db', 'elsewhere', 'first', 'unheard']);
    await docker('volume', 'rm', 'first', 'elsewhere', 'unheard', 'db');
    expect(await docker('volume', 'ls', '-q')).toBe('');
    const left = await inCloud();
    expect(left.map(({ name }) => name.replace(/\.removed-\d{8}T\d{6}Z$/, ' removed')).sort()).toEqual([
      'db removed',
      'elsewhere removed',
      'first removed',
      'shop removed',
      'unheard removed',
    ]);
    expect(left.flatMap(({ attachments }) => attachments)).toEqual([]);
    expect(guests.violations).toEqual([]);
  });
});
