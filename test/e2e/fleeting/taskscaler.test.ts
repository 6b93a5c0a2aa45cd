import { Cloud, NOTHING_LEFT } from '../cloud.js';
import { Runner, withRunning } from './runner.js';

const EVERY = { intervalMs: 200 };

/** What GitLab Runner does with a group while jobs come and go: its taskscaler, and the provisioner below it. */
describe("jobs by GitLab's taskscaler", () => {
  let cloud: Cloud;
  let runner: Runner;

  beforeEach(async () => {
    cloud = await Cloud.start();
    runner = new Runner(cloud);
  });
  afterEach(async () => {
    await runner.close();
    const left = cloud.left();
    await cloud.close();
    expect(left).toEqual(NOTHING_LEFT);
  });

  test('three jobs on three instances; each instance is for one job, and is removed after it', async () => {
    const host = await runner.started();
    await host.scale({ count: 3, uses: 1, ...EVERY });
    const infos = await Promise.all(['job-1', 'job-2', 'job-3'].map((key) => host.acquire(key)));
    const ids = infos.map(({ id }) => id);
    expect(new Set(ids).size).toBe(3);
    expect(cloud.vmNames().sort()).toEqual([...ids].sort());
    expect(infos.map(({ connector }) => connector.username)).toEqual(['root', 'root', 'root']);
    // The group is full: a fourth job waits until one has ended and its instance is gone.
    await host.release('job-1');
    const { id } = await host.acquire('job-4');
    expect(ids).not.toContain(id);
    expect(cloud.vmNames()).not.toContain(infos[0]?.id);
    for (const key of ['job-2', 'job-3', 'job-4']) await host.release(key);
    await gone();
    await host.stop();
    await host.kill();
  });

  test('instances from before the start are removed, as the runner does without state storage', async () => {
    const before = await runner.ready();
    const [old = ''] = await withRunning(before, 1);
    await before.shutdown();
    await before.kill();
    const host = await runner.started();
    await host.scale({ count: 2, uses: 1, ...EVERY });
    const { id } = await host.acquire('job');
    expect(id).not.toBe(old);
    await host.release('job');
    await gone();
    await host.logged('nothing is known of this instance from before');
    await host.stop();
    await host.kill();
  });

  test('a guest that never gets ready: its job waits for another instance, and capacity is whole again', async () => {
    await cloud.close();
    let sick = 1;
    cloud = await Cloud.start({}, () =>
      sick-- > 0 ? { cloudInit: { error: 'a module failed' } } : undefined,
    );
    runner = new Runner(cloud);
    const host = await runner.started({ max_size: 1 });
    await host.scale({ count: 1, uses: 1, ...EVERY });
    const { id } = await host.acquire('job');
    expect(cloud.vmNames()).toEqual([id]);
    await host.logged('a module failed');
    await host.release('job');
    await gone();
    await host.stop();
    await host.kill();
  });

  /** Until no VM is left. */
  async function gone(): Promise<void> {
    while (cloud.vmNames().length > 0) await new Promise((resolve) => setTimeout(resolve, 100));
  }
});
