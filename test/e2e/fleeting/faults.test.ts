import { existsSync } from 'node:fs';
import { z } from 'zod';
import type { FleetingHost } from '../../interop/fleeting/host.js';
import { PRESET } from '../../../src/simulator/index.js';
import { Cloud, NOTHING_LEFT } from '../cloud.js';
import { callPrism } from '../simulator.js';
import { COUNTED, CREATE_VM } from '../spoken-api.js';
import { allRunning, none, Runner, updateUntil, withRunning } from './runner.js';

const AWAY = { name: 'away', match: {}, do: { status: 503, body: '', effect: 'none' } } as const;
const vmShape = z.looseObject({
  metadata: z.looseObject({}),
  spec: z.looseObject({ resources: z.looseObject({}) }),
});
const QUOTA = 'Not enough memory on cluster PC-Cluster.';

/** What goes wrong between a GitLab Runner, its plugin, Prism Central and its other users. */
describe('a bad day of a group', () => {
  let cloud: Cloud;
  let runner: Runner;

  beforeEach(async () => {
    cloud = await Cloud.start();
    runner = new Runner(cloud);
  });
  afterEach(async () => {
    cloud.simulator.clearFaults();
    await runner.close();
    await cloud.close();
  });

  /** Removes all instances by this host's plugin, ends it, and sees that nothing is left. */
  async function empty(host: FleetingHost): Promise<void> {
    await host.decrease(...(await host.update()).map(({ id }) => id));
    await updateUntil(host, none);
    await host.shutdown();
    await host.kill();
    expect(cloud.left()).toEqual(NOTHING_LEFT);
  }

  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 50));
  };

  /** How often Prism Central has been asked for what an Increase looks up first. */
  const lookUps = (): number =>
    COUNTED.lists.reduce((sum, route) => sum + (cloud.simulator.requestCounts()[route] ?? 0), 0);

  const isAlive = (pid: number): boolean => existsSync(`/proc/${pid}`);

  describe('ends', () => {
    test('the runner is killed: the plugin ends by itself, and the next one has the group at once', async () => {
      const host = await runner.ready();
      const [id = ''] = await withRunning(host, 1);
      const { pluginPid } = host;
      await host.killHost();
      await until(() => !isAlive(pluginPid));
      expect(cloud.vmNames()).toEqual([id]);
      const next = await runner.ready();
      await updateUntil(next, allRunning(1));
      await empty(next);
    });

    test('the runner is killed while instances are being made: those are taken back', async () => {
      const host = await runner.ready();
      cloud.simulator.addFault({ name: 'slow', match: CREATE_VM, do: { delay: 2_000 } });
      void host.increase(2).catch(() => undefined);
      await until(() => host.log.includes('-> 202') || cloud.vmNames().length > 0);
      const { pluginPid } = host;
      await host.killHost();
      await until(() => !isAlive(pluginPid));
      expect(cloud.left()).toEqual(NOTHING_LEFT);
      const next = await runner.ready();
      await empty(next);
    });

    test('the plugin is killed: the next one finds its instances, and only those of its group', async () => {
      const host = await runner.ready();
      const ids = await withRunning(host, 2);
      const other = new Runner(cloud, { name: 'ci-large' });
      const neighbour = await other.ready();
      const [foreign = ''] = await withRunning(neighbour, 1);
      process.kill(host.pluginPid, 'SIGKILL');
      await until(() => !isAlive(host.pluginPid));
      await expect(host.update()).rejects.toMatchObject({ code: 'Unavailable' });

      const next = await runner.ready();
      const found = await updateUntil(next, allRunning(2));
      expect([...found.keys()].sort()).toEqual([...ids].sort());
      await next.decrease(...ids);
      await updateUntil(next, none);
      expect(cloud.vmNames()).toEqual([foreign]);
      await next.kill();
      await empty(neighbour);
      await other.close();
    });
  });

  test('a computer is lost: another one has its group within the minute of Init, and its instances', async () => {
    const host = await runner.ready();
    const ids = await withRunning(host, 2);
    process.kill(host.pluginPid, 'SIGKILL');
    const elsewhere = new Runner(cloud);
    const next = await elsewhere.ready();
    expect(next.lastMs).toBeLessThan(55_000);
    // The key of the group was on the computer that is lost: nothing can sign in to its instances.
    expect((await next.update()).map(({ id }) => id).sort()).toEqual([...ids].sort());
    await empty(next);
    await elsewhere.close();
  });

  describe('Prism Central is away', () => {
    test('at Init: it fails in time, says what was not reached, and holds no group', async () => {
      cloud.simulator.addFault(AWAY);
      const host = await runner.started();
      const error = await host.init().catch((thrown: unknown) => thrown);
      expect(String(error)).toMatch(/503/);
      expect(host.lastMs).toBeLessThan(55_000);
      await host.kill();
      cloud.simulator.clearFaults();
      const next = await runner.ready();
      expect(await next.update()).toEqual([]);
      await empty(next);
    });

    test('at each other call: nothing is lost, and what the runner asks for again is done', async () => {
      const host = await runner.ready();
      const [id = ''] = await withRunning(host, 1);
      const info = await host.connectInfo(id);
      cloud.simulator.addFault(AWAY);
      await expect(host.update()).rejects.toThrow(/503/);
      await expect(host.increase(1)).rejects.toThrow(/503/);
      expect(await host.connectInfo(id)).toEqual(info);
      await host.heartbeat(id); // its guest answers
      // Accepted, or refused because it is not sure whose group it is; then the runner asks again.
      const answered = await host.decrease(id).catch((error: unknown) => String(error));
      expect(String(answered)).toMatch(new RegExp(`^${id}$|503`));
      cloud.simulator.clearFaults();
      expect(await host.decrease(id)).toEqual([id]);
      await updateUntil(host, none);
      await empty(host);
    });
  });

  describe('nothing more can be made', () => {
    test('half of it: a smaller number without an error, the reason in the log, the rest later', async () => {
      const host = await runner.ready();
      cloud.simulator.addFault({
        name: 'quota',
        match: { ...CREATE_VM, nth: { from: 2 } },
        do: { task: { outcome: 'failed', errorDetail: QUOTA } },
      });
      expect(await host.increase(3)).toBe(1);
      await host.logged(QUOTA);
      cloud.simulator.clearFaults();
      await updateUntil(host, allRunning(1));
      await empty(host);
    });

    test('none of it: the words of Prism Central, and the next tries wait', async () => {
      const host = await runner.ready();
      cloud.simulator.addFault({
        name: 'quota',
        match: CREATE_VM,
        do: { task: { outcome: 'failed', errorDetail: QUOTA } },
      });
      await expect(host.increase(2)).rejects.toThrow(QUOTA);
      const before = lookUps();
      expect(before).toBeGreaterThan(0);
      await expect(host.increase(2)).rejects.toThrow(QUOTA);
      expect(lookUps()).toBe(before);
      await empty(host);
    });

    test('the image is gone since Init: its name, and the key of the configuration', async () => {
      const host = await runner.ready();
      await callPrism(cloud.env, 'DELETE', `/api/nutanix/v3/images/${PRESET.image.uuid}`);
      const error = await host.increase(1).catch((thrown: unknown) => thrown);
      expect(String(error)).toContain(PRESET.image.name);
      expect(String(error)).toContain('vm_image');
      await empty(host);
    });

    test('the limit of the group: no instance more than max_size', async () => {
      const host = await runner.ready({ max_size: 2 });
      expect(await host.increase(5)).toBe(2);
      await expect(host.increase(1)).rejects.toThrow(/max_size/);
      await updateUntil(host, allRunning(2));
      expect(cloud.vmNames()).toHaveLength(2);
      await empty(host);
    });
  });

  describe("others change what is the group's", () => {
    test('an instance is deleted in Prism: the heartbeat tells, and the update', async () => {
      const host = await runner.ready();
      const [id = '', other = ''] = await withRunning(host, 2);
      await deleteVm(id);
      await updateUntil(host, (states) => states.get(id) === 'deleted');
      await expect(host.heartbeat(id)).rejects.toThrow(id);
      expect([...(await updateUntil(host, () => true))]).toEqual([[other, 'running']]);
      expect(await host.decrease(id)).toEqual([id]);
      await empty(host);
    });

    test('two runners with one group: the second is refused with who has it, the first goes on', async () => {
      const first = await runner.ready();
      const elsewhere = new Runner(cloud);
      for (const computer of [runner, elsewhere]) {
        const second = await computer.started();
        const refusal = await second.init().then(
          () => 'not refused',
          (error: unknown) => String(error),
        );
        expect(refusal).toContain('ci-small');
        expect(refusal).toMatch(/process \d+|@/);
        expect(second.lastMs).toBeLessThan(55_000);
        await second.kill();
      }
      const [id = ''] = await withRunning(first, 1);
      await first.decrease(id);
      await updateUntil(first, none);
      await first.shutdown();
      await first.kill();
      // Given back, it is free for the other computer at once.
      const next = await elsewhere.ready();
      expect(next.lastMs).toBeLessThan(10_000);
      await empty(next);
      await elsewhere.close();
    });

    test('three start at once on a new computer: one has the group, and the others are told who', async () => {
      const computer = new Runner(cloud);
      const hosts = await Promise.all([computer.started(), computer.started(), computer.started()]);
      const refusals: string[] = [];
      await Promise.all(
        hosts.map(async (host) => {
          await host.init().catch((error: unknown) => void refusals.push(String(error)));
        }),
      );
      const told = expect.stringMatching(/take group "ci-small" for this runner: process \d+ on /) as unknown;
      expect(refusals).toEqual([told, told]);
      for (const host of hosts) await host.shutdown();
      await computer.close();
    });

    test('an instance is switched off in Prism: it stays in the group, and its heartbeat tells', async () => {
      const host = await runner.ready();
      const [id = ''] = await withRunning(host, 1);
      await switchOff(id);
      await expect(host.heartbeat(id)).rejects.toThrow(/instance is unhealthy.*off/);
      const [reported] = await host.update();
      expect(reported?.id).toBe(id);
      expect(['deleted', 'timeout']).not.toContain(reported?.state);
      await empty(host);
    });

    /** As in Prism, by its API v3. */
    async function switchOff(name: string): Promise<void> {
      const path = `/api/nutanix/v3/vms/${cloud.simulator.vms().find((one) => one.name === name)?.uuid ?? name}`;
      const { spec, metadata } = vmShape.parse(JSON.parse(await callPrism(cloud.env, 'GET', path)));
      const resources = { ...spec.resources, power_state: 'OFF' };
      await callPrism(cloud.env, 'PUT', path, { metadata, spec: { ...spec, resources } });
      await until(() => cloud.simulator.vms().find((one) => one.name === name)?.power === 'OFF');
    }

    /** As in Prism, by its API v3. */
    async function deleteVm(name: string): Promise<void> {
      const vm = cloud.simulator.vms().find((one) => one.name === name);
      await callPrism(cloud.env, 'DELETE', `/api/nutanix/v3/vms/${vm?.uuid ?? name}`);
      await until(() => !cloud.vmNames().includes(name));
    }
  });
});
