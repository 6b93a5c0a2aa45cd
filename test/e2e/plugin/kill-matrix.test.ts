import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulator, type Simulator } from '../../../src/simulator/index.js';
import { CREATE_VM, onApi, PC_VERSION, SERVED } from '../spoken-api.js';
import { Plugin } from './plugin.js';

/**
 * SIGKILL in the middle of Create, at every request and at random instants. Then what docker-machine would do:
 * `rm` with the configuration that was saved before Create. Nothing may be left in Prism Central.
 */
const RANDOM_KILLS = 200;
const SEED = 20_251;
jest.setTimeout(800_000);

const store = mkdtempSync(join(tmpdir(), 'kill-matrix-'));
let prism: Simulator;

beforeAll(async () => {
  // Tasks take long enough to be killed in their middle.
  const profile = { call: () => 2, queue: 10, task: () => 40, learn: 20, shutdown: 100 };
  prism = await startSimulator({
    profile,
    apis: SERVED,
    pcVersion: PC_VERSION,
    behaviour: { repeatedCreate: 'fail' },
  });
});
afterAll(async () => {
  await prism.close();
  rmSync(store, { recursive: true, force: true });
});
afterEach(() => prism.clearFaults());

type Config = Record<string, unknown>;

/** A plugin that is about to get the call Create, and what docker-machine has saved by then. */
async function prepared(name: string): Promise<{ readonly plugin: Plugin; readonly saved: Config }> {
  const plugin = await Plugin.start();
  await plugin.rpc.setConfig({ MachineName: name, StorePath: store });
  await plugin.rpc.setFlags({
    'nutanix-endpoint': prism.host,
    'nutanix-port': String(prism.port),
    'nutanix-username': prism.username,
    'nutanix-password': prism.password,
    'nutanix-fingerprint': `sha256:${prism.fingerprint}`,
    'nutanix-cluster': 'PC-Cluster',
    'nutanix-vm-image': 'ubuntu-22.04-cloudimg',
    'nutanix-vm-network': ['vm-network'],
    'nutanix-docker-disk-size': 20,
    'nutanix-wait-for': 'ip',
    'nutanix-ssh-key-type': 'ed25519',
  });
  await plugin.rpc.call('PreCreateCheck');
  return { plugin, saved: await plugin.rpc.config() };
}

/** `docker-machine rm` with the saved configuration, in a process of its own. */
async function remove(saved: Config): Promise<void> {
  const plugin = await Plugin.start();
  await plugin.rpc.setConfig(saved);
  await plugin.rpc.call('Remove');
  expect(await plugin.close()).toBe(0);
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Looks every few ms: what is waited for happens on the other side of a socket. */
async function until(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + 120_000; !condition();) {
    if (Date.now() > end) throw new Error('waited two minutes in vain');
    await pause(2);
  }
}

/** All that a machine can leave behind, once the server has done everything it was ever asked to. */
async function leftovers(): Promise<unknown> {
  await until(() => {
    const { requests, tasks } = prism.snapshot();
    const open = requests.latest.filter(({ status }) => status === undefined);
    return open.length === 0 && tasks.every(({ status }) => !['QUEUED', 'RUNNING'].includes(status));
  });
  const { vms, reservations, volumeGroups, addresses } = prism.snapshot();
  return { vms, reservations, volumeGroups, addresses: addresses.flatMap(({ reserved }) => reserved) };
}
const NOTHING = { vms: [], reservations: [], volumeGroups: [], addresses: [] };

/** Kills during Create when `moment` has come. True when Create had not ended by itself. */
async function killDuringCreate(plugin: Plugin, moment: () => Promise<void>): Promise<boolean> {
  let ended = false;
  const create = plugin.rpc.call('Create').then(
    () => (ended = true),
    () => undefined,
  );
  await Promise.race([moment(), create]);
  const wasInTheMiddle = !ended;
  await plugin.kill();
  await create;
  return wasInTheMiddle;
}

const total = (): number => prism.snapshot().requests.total;

async function requestsOfACreate(): Promise<{ readonly requests: number; readonly ms: number }> {
  const { plugin, saved } = await prepared('undisturbed');
  const before = total();
  const start = performance.now();
  await plugin.rpc.call('Create');
  const result = { requests: total() - before, ms: performance.now() - start };
  await plugin.close();
  expect(saved).toMatchObject({
    SpokenApi: expect.stringMatching(onApi({ v3: /^v3$/, v4: /^v4 / })) as unknown,
  });
  await remove(saved);
  return result;
}

describe('Create killed', () => {
  let requests = 0;
  let ms = 0;
  let middle = 0;
  let runs = 0;

  beforeAll(async () => {
    const creates = [await requestsOfACreate(), await requestsOfACreate(), await requestsOfACreate()];
    requests = Math.max(...creates.map((create) => create.requests));
    // The first one is slower, and so is any beside other work: the shortest tells where the middle is.
    ms = Math.min(...creates.map((create) => create.ms));
    expect(await leftovers()).toEqual(NOTHING);
  });

  it('at every request, before it is answered', async () => {
    for (let nth = 1; nth <= requests; nth += 1) {
      const { plugin, saved } = await prepared(`asked-${nth}`);
      const target = total() + nth;
      // The request has arrived and will be carried out after its sender's death.
      prism.addFault({ name: 'hold', match: { nth }, do: { delay: 60 }, times: 1 });
      middle += Number(await killDuringCreate(plugin, async () => await until(() => total() >= target)));
      prism.clearFaults();
      await remove(saved);
      expect(await leftovers()).toEqual(NOTHING);
      runs += 1;
    }
  });

  it('at every request, when it has been answered', async () => {
    for (let nth = 1; nth <= requests; nth += 1) {
      const { plugin, saved } = await prepared(`answered-${nth}`);
      const target = total() + nth;
      const answered = (): boolean =>
        prism.snapshot().requests.latest.some((one) => one.number === target && one.status !== undefined);
      middle += Number(await killDuringCreate(plugin, async () => await until(answered)));
      await remove(saved);
      expect(await leftovers()).toEqual(NOTHING);
      runs += 1;
    }
  });

  it(`at ${RANDOM_KILLS} random instants`, async () => {
    let state = SEED;
    const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    for (let run = 1; run <= RANDOM_KILLS; run += 1) {
      const { plugin, saved } = await prepared(`random-${run}`);
      const isInMiddle = await killDuringCreate(plugin, async () => await pause(random() * ms));
      middle += Number(isInMiddle);
      // Other work on this computer begins and ends meanwhile, and a create takes more or less time.
      ms *= isInMiddle ? 1.02 : 0.95;
      await remove(saved);
      expect(await leftovers()).toEqual(NOTHING);
      runs += 1;
    }
  });

  it('with the create request arriving only after rm has ended', async () => {
    const { plugin, saved } = await prepared('late');
    const target = (): boolean => prism.snapshot().faults.some(({ struck }) => struck > 0);
    prism.addFault({ name: 'late', match: CREATE_VM, do: { delay: 3_000 }, times: 1 });
    await killDuringCreate(plugin, async () => await until(target));
    await remove(saved);
    expect(await leftovers()).toEqual(NOTHING);
    runs += 1;
  });

  afterAll(() => {
    process.stdout.write(
      `kill matrix: ${runs} kills, ${middle} of them before Create had ended, nothing left\n`,
    );
    expect(runs).toBeGreaterThanOrEqual(RANDOM_KILLS);
    expect(middle).toBeGreaterThan(runs / 2);
  });
});

describe('PreCreateCheck killed', () => {
  it('leaves at most a reservation that expires, and no VM', async () => {
    const plugin = await Plugin.start();
    await plugin.rpc.setConfig({ MachineName: 'early', StorePath: store });
    await plugin.kill();
    expect(await leftovers()).toEqual(NOTHING);
  });
});
