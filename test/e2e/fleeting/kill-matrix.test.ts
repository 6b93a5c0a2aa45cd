import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Cloud } from '../cloud.js';
import type { FleetingHost } from '../../interop/fleeting/host.js';
import { UNCOMPILED } from '../machine.js';
import { onApi } from '../spoken-api.js';
import { GROUP, none, Runner, updateUntil } from './runner.js';

/**
 * SIGKILL of the plugin in the middle of Increase and Decrease, at every request and at random instants. Then what the
 * runner does when it is started again: Init and Update by a fresh plugin, which finds every VM, and no more than that.
 */
const RANDOM_KILLS = 200;
const SEED = 20_251;
jest.setTimeout(800_000);

let cloud: Cloud;
let runner: Runner;
let host: FleetingHost;

beforeAll(async () => {
  // Tasks take long enough to be killed in their middle. An address is enough: the guests' part is tested elsewhere.
  const profile = { call: () => 2, queue: 5, task: () => 20, learn: 5, shutdown: 100 };
  cloud = await Cloud.start({ profile, behaviour: { repeatedCreate: 'fail' } });
  runner = new Runner(cloud, { wait_for: 'ip' }, UNCOMPILED);
  host = await runner.ready();
});
afterAll(async () => {
  await runner.close();
  await cloud.close();
});
afterEach(() => cloud.simulator.clearFaults());

const pause = async (ms: number): Promise<void> => await new Promise((resolve) => setTimeout(resolve, ms));

/** Looks every few ms: what is waited for happens on the other side of a socket. */
async function until(holds: () => boolean): Promise<void> {
  for (const end = Date.now() + 120_000; !holds();) {
    if (Date.now() > end) throw new Error('waited two minutes in vain');
    await pause(2);
  }
}

const total = (): number => cloud.simulator.snapshot().requests.total;

/** The server has done all that it was ever asked. */
async function idle(): Promise<void> {
  await until(() => {
    const { requests, tasks } = cloud.simulator.snapshot();
    const open = requests.latest.filter(({ status }) => status === undefined);
    return open.length === 0 && tasks.every(({ status }) => !['QUEUED', 'RUNNING'].includes(status));
  });
}

/** What a group without instances leaves behind, here and there. A reservation of v3 is a matter of its own, see below. */
function left(): unknown {
  const { vms, volumeGroups, addresses } = cloud.simulator.snapshot();
  const reserved = addresses.flatMap((subnet) => subnet.reserved);
  return { vms, volumeGroups, reserved, unfinished: readdirSync(unfinishedFolder()) };
}
const NOTHING = { vms: [], volumeGroups: [], reserved: [], unfinished: [] };

const unfinishedFolder = (): string => join(runner.home, 'state', GROUP, 'unfinished');

type Operation = 'increase' | 'decrease';

/** Kills the plugin in the middle of an operation on two instances, when `moment` has come. True = it had not ended. */
async function killDuring(operation: Operation, moment: () => Promise<void>): Promise<boolean> {
  const ids = operation === 'decrease' ? await withTwo() : [];
  let isOver = false;
  const work = (async () => {
    if (operation === 'increase') await host.increase(2);
    else {
      await host.decrease(...ids);
      await updateUntil(host, none);
    }
    isOver = true;
  })().catch(() => undefined);
  await Promise.race([moment(), work]);
  const wasInTheMiddle = !isOver;
  const { pluginPid } = host;
  process.kill(pluginPid, 'SIGKILL');
  await work;
  await until(() => !existsSync(`/proc/${pluginPid}`));
  await host.close();
  return wasInTheMiddle;
}

async function withTwo(): Promise<readonly string[]> {
  expect(await host.increase(2)).toBe(2);
  const running = (states: ReadonlyMap<string, string>): boolean =>
    states.size === 2 && [...states.values()].every((state) => state === 'running');
  return [...(await updateUntil(host, running)).keys()];
}

/** VMs that do not carry the group's category, which stands in the request that makes them. */
function withoutCategory(): readonly string[] {
  const bare = cloud.simulator.save().vms.filter(({ categories }) => {
    return categories['fleeting-plugin-nutanix-group']?.includes(GROUP) !== true;
  });
  return bare.map(({ name }) => name);
}

/** A fresh plugin finds every VM, and is told to remove them: then nothing is left. */
async function findAndRemove(): Promise<void> {
  await idle();
  expect(withoutCategory()).toEqual([]);
  host = await runner.ready();
  const told = new Set((await host.update()).map(({ id }) => id));
  expect(cloud.vmNames().filter((name) => !told.has(name))).toEqual([]);
  await host.decrease(...told);
  await updateUntil(host, none);
  await idle();
  expect(left()).toEqual(NOTHING);
}

/** Requests of an operation that is not disturbed, until nothing more of it goes on, and its time, ms. */
async function measured(operation: Operation): Promise<{ readonly requests: number; readonly ms: number }> {
  const ids = operation === 'decrease' ? await withTwo() : [];
  const before = total();
  const start = performance.now();
  if (operation === 'increase') expect(await host.increase(2)).toBe(2);
  else {
    await host.decrease(...ids);
    await updateUntil(host, none);
  }
  const result = { requests: total() - before, ms: performance.now() - start };
  await host.decrease(...(await host.update()).map(({ id }) => id));
  await updateUntil(host, none);
  return result;
}

let runs = 0;
let middle = 0;

afterAll(() => {
  const { reservations } = cloud.simulator.snapshot();
  process.stdout.write(
    `kill matrix of a group: ${runs} kills, ${middle} of them in the middle, every VM found, ` +
      `${reservations.length} reservations left to expire\n`,
  );
});

describe.each(['increase', 'decrease'] as const)('the plugin is killed during %s', (operation) => {
  let requests = 0;
  let ms = 0;

  beforeAll(async () => {
    await measured(operation);
    ({ requests, ms } = await measured(operation));
    expect(left()).toEqual(NOTHING);
  });

  test('at every request, before it is answered', async () => {
    for (let nth = 1; nth <= requests; nth += 1) {
      const moment = async (): Promise<void> => {
        const target = total() + nth;
        // The request has arrived and will be carried out after its sender's death.
        cloud.simulator.addFault({ name: 'hold', match: { nth }, do: { delay: 60 }, times: 1 });
        await until(() => total() >= target);
      };
      middle += Number(await killDuring(operation, moment));
      cloud.simulator.clearFaults();
      await findAndRemove();
      runs += 1;
    }
  });

  test('at every request, when it has been answered', async () => {
    for (let nth = 1; nth <= requests; nth += 1) {
      const moment = async (): Promise<void> => {
        const target = total() + nth;
        await until(() =>
          cloud.simulator
            .snapshot()
            .requests.latest.some(({ number, status }) => number === target && status !== undefined),
        );
      };
      middle += Number(await killDuring(operation, moment));
      await findAndRemove();
      runs += 1;
    }
  });

  test(`at ${RANDOM_KILLS / 2} random instants`, async () => {
    let state = SEED;
    const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    for (let run = 1; run <= RANDOM_KILLS / 2; run += 1) {
      const isInMiddle = await killDuring(operation, async () => await pause(random() * ms));
      middle += Number(isInMiddle);
      // Other work on this computer begins and ends meanwhile, and the operation takes more or less time.
      ms *= isInMiddle ? 1.02 : 0.95;
      await findAndRemove();
      runs += 1;
    }
    expect(middle).toBeGreaterThan(runs / 2);
  });
});

test('what is left are reservations of v3 that belong to nothing, and expire by themselves', () => {
  const { reservations, vms } = cloud.simulator.snapshot();
  expect(vms).toEqual([]);
  // A kill between the answers to two reservations and the record of them: no process knows their names.
  expect(reservations.length).toBeLessThanOrEqual(onApi({ v3: runs, v4: 0 }));
});
