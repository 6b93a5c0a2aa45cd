import type { ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { PRESET, startSimulator, type Simulator } from '../../../src/simulator/index.js';
import { ask } from '../../docker-plugin/engine-client.js';
import { describeWithLoops, LoopDevices } from '../../node/loop-devices.js';
import { presetSpec, v4Providers } from '../../prism/v4/simulated-v4.js';
import { volumesPorts } from '../../prism/v4/volume/simulated-volumes.js';
import { callContext } from '../../volume/memory-cloud.js';
import { dist, UNCOMPILED } from '../machine.js';
import { LoopGuests, run } from './loop-guests.js';

/**
 * The executable as a real process on two hosts over real devices, killed at random instants while containers' calls go
 * on. A client repeats a call whose connection broke, as a whole; or, as Docker's engine does, without its body, and then
 * gives up: what the plugin had counted for it is nobody's.
 */
const KILLS = Number(process.env['VOLUME_KILLS'] ?? '200');
const SEED = Number(process.env['VOLUME_SEED'] ?? String(randomInt(1, 2 ** 31 - 1)));
const HOSTS = ['host-a', 'host-b'];
const WORKERS = 3;
/** A plugin lives until so many calls were answered at most, and then so many ms at most; whatever this computer's pace. */
const LIFE = { answers: 4, rest: 250, longest: 4000 };
const MOVING = 'moving';

function generator(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const answerShape = z.looseObject({ Err: z.string().default(''), Mountpoint: z.string().default('') });
const recordShape = z.looseObject({
  name: z.string(),
  users: z.array(z.string()),
  attachment: z.unknown().optional(),
  inherited: z.array(z.looseObject({ since: z.string() })),
});

/** One host with its plugin, which is killed again and again. */
class KilledHost {
  readonly socket: string;
  readonly #settings: string;
  readonly #records: string;
  #plugin: ChildProcess | undefined;
  #errors = '';
  /** Calls of which no answer has come yet. */
  underWay = 0;
  broken = 0;
  /** Its plugin was killed, or ended, and is not started again: the test has failed. */
  isGivenUp = false;
  #answered = 0;

  constructor(
    readonly name: string,
    readonly guests: LoopGuests,
    settings: Readonly<Record<string, unknown>>,
  ) {
    const folder = join(guests.folder, name);
    mkdirSync(folder);
    this.socket = join(folder, 'plugin.sock');
    this.#records = join(folder, 'records');
    this.#settings = join(folder, 'settings.yaml');
    const policy = join(folder, 'policy.yaml');
    writeFileSync(policy, 'defaults: { size: 320M }\n');
    writeFileSync(this.#settings, JSON.stringify({ ...settings, folder: this.#records, policy }), {
      mode: 0o600,
    });
  }

  async start(): Promise<void> {
    const args = ['docker-plugin', '--config', this.#settings, '--socket', this.socket];
    const variables = Object.entries(UNCOMPILED).map(([name, value]) => `${name}=${value}`);
    const plugin = this.guests.spawnIn(this.name, 'env', ...variables, dist('nutanix-volume'), ...args);
    this.#plugin = plugin;
    plugin.stderr?.on('data', (chunk: Buffer) => (this.#errors += chunk.toString()));
    while ((await ask(this.socket, 'Plugin.Activate')) === undefined) {
      if (plugin.exitCode !== null) throw new Error(`the plugin ended: ${this.#errors.slice(-2000)}`);
      await pause(10);
    }
  }

  /** Resolves with true when a call was under way. */
  async kill(): Promise<boolean> {
    const plugin = this.#plugin;
    if (plugin?.exitCode !== null || plugin.signalCode !== null) return false;
    const exit = new Promise((resolve) => plugin.once('exit', resolve));
    plugin.kill('SIGKILL');
    const wasBusy = this.underWay > 0;
    await exit;
    return wasBusy;
  }

  /** The answer; undefined = the plugin was killed before. */
  async call(method: string, body: unknown): Promise<z.infer<typeof answerShape> | undefined> {
    this.underWay += 1;
    const answer = await ask(this.socket, `VolumeDriver.${method}`, body);
    this.underWay -= 1;
    if (answer !== undefined) {
      this.#answered += 1;
      return answerShape.parse(answer.body);
    }
    this.broken += 1;
    await pause(20);
    return undefined;
  }

  /** Resolves when so many more calls are answered, or it takes too long. */
  async answers(count: number): Promise<void> {
    const wanted = this.#answered + count;
    for (let waited = 0; this.#answered < wanted && waited < LIFE.longest; waited += 5) await pause(5);
  }

  /** As a client that repeats what it has asked for; rejects when no plugin will answer any more. */
  async repeat(method: string, body: unknown): Promise<z.infer<typeof answerShape>> {
    for (;;) {
      const answer = await this.call(method, body);
      if (answer !== undefined) return answer;
      if (this.isGivenUp) throw new Error(`${this.name} has no plugin any more, and ${method} no answer`);
    }
  }

  async succeed(method: string, body: unknown): Promise<string> {
    const { Err, Mountpoint } = await this.repeat(method, body);
    if (Err !== '') throw new Error(`${this.name}, ${method} ${JSON.stringify(body)}: ${Err}`);
    return Mountpoint;
  }

  records(): readonly z.infer<typeof recordShape>[] {
    return this.#files().map((path) => recordShape.parse(JSON.parse(readFileSync(path, 'utf8'))));
  }

  /** As if the time that a container may take to start were over. For a plugin that does not run. */
  letTimePass(): void {
    for (const path of this.#files()) {
      const record = recordShape.parse(JSON.parse(readFileSync(path, 'utf8')));
      const inherited = record.inherited.map((one) => ({ ...one, since: '2026-01-01T00:00:00Z' }));
      writeFileSync(path, JSON.stringify({ ...record, inherited }));
    }
  }

  mountFolders(): readonly string[] {
    const folder = join(this.#records, 'mounts');
    return existsSync(folder) ? readdirSync(folder) : [];
  }

  log(): string {
    return this.#errors;
  }

  #files(): string[] {
    const folder = join(this.#records, 'volumes');
    return readdirSync(folder)
      .filter((file) => file.endsWith('.json'))
      .map((file) => join(folder, file));
  }
}

describeWithLoops('the executable killed at random instants', () => {
  const random = generator(SEED);
  const guests = new LoopGuests();
  const { to: providerTo, stop: stopProviders } = v4Providers();
  const { to: volumesTo, stop: stopVolumes } = volumesPorts();
  const hosts: KilledHost[] = [];
  let simulator: Simulator;

  /** What was written last into each volume, by name. */
  const written = new Map<string, string>();
  const removed = new Set<string>();
  const abandoned = new Set<string>();
  const counts = { kills: 0, busy: 0, mounts: 0, moves: 0 };
  let isOver = false;

  beforeAll(async () => {
    LoopDevices.install();
    const profile = { call: () => 1, queue: 2, task: () => 10, learn: 5, shutdown: 100 };
    simulator = await startSimulator({ guests, profile, apis: ['v3', 'v4'], pcVersion: 'pc.7.6' });
    const provider = providerTo(simulator, { pcVersion: 'pc.7.6' });
    for (const name of HOSTS) {
      await guests.addHost(name);
      const token = await provider.issueCreationToken(name, callContext());
      const vmId = await provider.create(token, presetSpec(name), callContext());
      const { host: endpoint, port, username, password, fingerprint } = simulator;
      const settings = { endpoint, port, username, password, fingerprint: `sha256:${fingerprint}` };
      hosts.push(new KilledHost(name, guests, { ...settings, cluster: PRESET.cluster.name, 'vm-id': vmId }));
    }
  });
  afterAll(async () => {
    for (const host of hosts) await host.kill();
    await stopVolumes();
    await stopProviders();
    await simulator.close();
    await guests.close();
  });

  /** No disk is mounted on two hosts, and none was taken away from a mount. */
  function demandOneMount(): void {
    const [a = [], b = []] = HOSTS.map((name) => guests.mounts(name).map(({ disk }) => disk));
    expect(a.filter((disk) => b.includes(disk))).toEqual([]);
    expect(guests.violations).toEqual([]);
  }

  /** What a container does: reads what was there, and writes. */
  function use(host: KilledHost, name: string, mountpoint: string, stamp: string): void {
    demandOneMount();
    counts.mounts += 1;
    const path = join(guests.path(host.name, mountpoint), 'stamp');
    const before = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
    expect([host.name, name, before]).toEqual([host.name, name, written.get(name)]);
    const file = openSync(path, 'w');
    writeSync(file, stamp);
    fsyncSync(file);
    closeSync(file);
    written.set(name, stamp);
  }

  async function work(host: KilledHost, worker: number, draw: () => number): Promise<void> {
    let user = 0;
    /** True when it was carried out; false when the engine has given up. */
    const asEngine = async (method: string, body: unknown): Promise<string | undefined> => {
      const answer = await host.call(method, body);
      if (answer === undefined && draw() < 0.25) {
        expect((await host.repeat(method, undefined)).Err).toContain('the request is empty');
        return undefined;
      }
      return answer?.Err === '' ? answer.Mountpoint : await host.succeed(method, body);
    };
    for (let volume = 1; !isOver; volume += 1) {
      const name = `${host.name}-${worker}-${volume}`;
      const fs = draw() < 0.5 ? 'xfs' : 'ext4';
      await host.succeed('Create', { Name: name, Opts: { fs } });
      for (let uses = 0; uses < 3 && !abandoned.has(name); uses += 1) {
        const body = { Name: name, ID: `user-${String((user += 1))}` };
        const mountpoint = await asEngine('Mount', body);
        if (mountpoint !== undefined) use(host, name, mountpoint, `${name} ${user}`);
        const isGivenBack = mountpoint !== undefined && (await asEngine('Unmount', body)) !== undefined;
        if (!isGivenBack) abandoned.add(name);
      }
      if (abandoned.has(name) || draw() < 0.4) continue;
      await host.succeed('Remove', { Name: name });
      removed.add(name);
    }
  }

  /** One volume that both hosts want. */
  async function move(host: KilledHost): Promise<void> {
    await host.succeed('Create', { Name: MOVING, Opts: {} });
    for (let use_ = 1; !isOver; use_ += 1) {
      const body = { Name: MOVING, ID: `mover-${String(use_)}` };
      const { Err, Mountpoint } = await host.repeat('Mount', body);
      if (Err === '') {
        use(host, MOVING, Mountpoint, `${host.name} ${String(use_)}`);
        await host.succeed('Unmount', body);
        counts.moves += 1;
      } else expect(Err).toMatch(/is held by VM|another host was quicker|attached to another/);
      await pause(50);
    }
  }

  /** `isOver` before the last kill: something has failed, and workers must not wait for this host. */
  async function killAgain(host: KilledHost, times: number, draw: () => number): Promise<void> {
    for (let kill = 1; kill <= times; kill += 1) {
      if (isOver) break;
      await host.start();
      await host.answers(Math.floor(draw() * LIFE.answers));
      await pause(draw() * LIFE.rest);
      counts.busy += Number(await host.kill());
      counts.kills += 1;
      demandOneMount();
    }
    await host.start();
  }

  async function until(what: () => unknown, wanted: unknown): Promise<void> {
    for (let waited = 0; JSON.stringify(what()) !== JSON.stringify(wanted); waited += 50) {
      if (waited > 60_000) expect(what()).toEqual(wanted);
      await pause(50);
    }
  }

  it(`${String(KILLS)} times, with create, mount, unmount and remove under way`, async () => {
    const killers = hosts.map(async (host, index) => {
      const times = Math.ceil((KILLS - index) / HOSTS.length);
      const draw = generator(1 + Math.floor(random() * 2 ** 30));
      await killAgain(host, times, draw).catch((error: unknown) => {
        host.isGivenUp = true;
        throw error;
      });
    });
    const workers = hosts.flatMap((host) => [
      move(host),
      ...Array.from({ length: WORKERS }, (_, worker) =>
        work(host, worker, generator(1 + Math.floor(random() * 2 ** 30))),
      ),
    ]);
    const allKilled = Promise.all(killers).finally(() => (isOver = true));
    // What fails ends the others, too, before the test ends.
    const ended = [allKilled, ...workers].map(async (one) => await one.finally(() => (isOver = true)));
    const failed = (await Promise.allSettled(ended)).find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
    process.stdout.write(
      `volume kills: seed ${SEED}: ${counts.kills} kills, ${counts.busy} of them with calls under way; ${counts.mounts} mounts, ${counts.moves} of a volume that moves, ${removed.size} volumes removed, ${hosts.reduce((sum, { broken }) => sum + broken, 0)} calls cut off, ${abandoned.size} given up by the engine\n`,
    );
    expect(counts.kills).toBe(KILLS);
    expect(counts.busy).toBeGreaterThan(KILLS / 2);
  }, 900_000);

  it('then nobody’s users are forgotten, and nothing is attached or mounted any more', async () => {
    for (const host of hosts) {
      // The process that runs has seen whom its predecessors have counted.
      await until(() => host.records().filter((one) => one.users.length > one.inherited.length), []);
      await host.kill();
      host.letTimePass();
      await host.start();
    }
    for (const host of hosts) {
      await until(() => guests.attached(host.name), []);
      expect(guests.mounts(host.name)).toEqual([]);
      expect(host.mountFolders()).toEqual([]);
      await until(
        () => host.records().filter((one) => one.users.length > 0 || one.attachment !== undefined),
        [],
      );
    }
    expect(guests.violations).toEqual([]);
  });

  it('no volume group is left over, none has a holder, and each holds what was written last', async () => {
    const volumes = volumesTo(simulator);
    const listed = await volumes.list(undefined, callContext());
    const found = await Promise.all(listed.map(async ({ id }) => await volumes.find(id, callContext())));
    const names = found.map((volume) => volume?.name.replace(/\.removed-.*$/, '')).sort();
    const made = new Set([...written.keys(), ...abandoned]);
    // A volume is made once, whoever was killed how often; one that was made last may not have been used.
    expect(names).toEqual([...new Set(names)]);
    for (const name of made) expect(names).toContain(name);
    const target = join(guests.folder, 'look');
    mkdirSync(target);
    for (const volume of found) {
      const name = volume?.name.replace(/\.removed-.*$/, '') ?? '';
      expect(volume?.attachments).toEqual([]);
      expect([name, volume?.name !== name]).toEqual([name, removed.has(name)]);
      if (!written.has(name)) continue;
      run('mount', '-o', 'ro,loop', guests.fileOf(volume?.disks[0]?.id ?? ''), target);
      const stamp = readFileSync(join(target, 'data', 'stamp'), 'utf8');
      run('umount', target);
      expect([name, stamp]).toEqual([name, written.get(name)]);
    }
  });
});
