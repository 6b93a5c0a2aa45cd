import { z } from 'zod';
import { Cloud } from '../cloud.js';
import { callPrism } from '../simulator.js';
import { allRunning, GROUP, none, Runner, updateUntil, withRunning } from './runner.js';

const KEY = 'fleeting-plugin-nutanix-group';
const vmShape = z.looseObject({ metadata: z.looseObject({}), spec: z.looseObject({}) });

/** What of a group's category users and the next process see, through GitLab's host code. */
describe('the category of a group', () => {
  let cloud: Cloud;
  let runner: Runner;

  beforeEach(async () => {
    cloud = await Cloud.start();
    runner = new Runner(cloud, { vm_categories: ['Environment=Testing'] });
  });
  afterEach(async () => {
    await runner.close();
    await cloud.close();
  });

  const carried = (): Record<string, object> =>
    Object.fromEntries(cloud.simulator.save().vms.map(({ name, categories }) => [name, categories]));
  const kept = (): readonly string[] => {
    const { categories } = cloud.simulator.save();
    return Object.keys(categories.find(({ name }) => name === KEY)?.values ?? {});
  };

  /** As in Prism, by its API v3. */
  async function edit(name: string, change: { readonly description?: string; readonly metadata?: object }) {
    const path = `/api/nutanix/v3/vms/${cloud.simulator.vms().find((one) => one.name === name)?.uuid ?? name}`;
    const { spec, metadata } = vmShape.parse(JSON.parse(await callPrism(cloud.env, 'GET', path)));
    const description = change.description ?? spec['description'];
    await callPrism(cloud.env, 'PUT', path, {
      metadata: { ...metadata, ...change.metadata },
      spec: { ...spec, description },
    });
    const { tasks } = cloud.simulator.snapshot();
    const isOver = (): boolean =>
      cloud.simulator
        .snapshot()
        .tasks.slice(0, tasks.length + 1)
        .every(({ status }) => !['QUEUED', 'RUNNING'].includes(status));
    while (!isOver()) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  test('is on every instance; after a kill those without it are found too, and those that only have it are left alone', async () => {
    const host = await runner.ready();
    const ids = await withRunning(host, 3);
    const whole = { Environment: ['Testing'], [KEY]: [GROUP] };
    expect(carried()).toEqual(Object.fromEntries(ids.map((id) => [id, whole])));
    const [bare = '', edited = '', untouched = ''] = ids;
    await edit(bare, {
      metadata: { categories: {}, categories_mapping: {}, use_categories_mapping: true },
    });
    await edit(edited, { description: 'a web server by now' });
    process.kill(host.pluginPid, 'SIGKILL');

    const next = await runner.ready();
    const found = await updateUntil(next, allRunning(2));
    expect([...found.keys()].sort()).toEqual([bare, untouched].sort());
    await next.update();
    await next.logged(`it carries category ${KEY}:${GROUP}, and its description does not say`);
    expect(next.log.split(`VM \\"${edited}\\"`)).toHaveLength(2);
    await expect(next.decrease(edited)).rejects.toThrow(/description does not say that it is an instance/);
    await next.decrease(bare, untouched);
    await updateUntil(next, none);
    await next.shutdown();
    await next.kill();
    expect(carried()).toEqual({ [edited]: whole });
    expect(kept()).toEqual([GROUP]);
  });

  test('goes with the last instance, when the runner is stopped', async () => {
    const host = await runner.ready();
    const [id = ''] = await withRunning(host, 1);
    await host.shutdown();
    await host.kill();
    expect(kept()).toEqual([GROUP]);
    const next = await runner.ready();
    await updateUntil(next, allRunning(1));
    await next.decrease(id);
    await updateUntil(next, none);
    await next.shutdown();
    await next.kill();
    expect(kept()).toEqual([]);
  });

  test('is missing, with one line of the log, where the account may make none', async () => {
    cloud.simulator.addFault(
      {
        name: 'v3',
        match: { kind: 'category', method: 'PUT', path: `/categories/${KEY}/*` },
        do: { status: 403 },
      },
      { name: 'v4', match: { kind: 'category', method: 'POST' }, do: { status: 403 } },
    );
    const host = await runner.ready();
    const [id = ''] = await withRunning(host, 1);
    await withRunning(host, 1);
    expect(carried()[id]).toEqual({ Environment: ['Testing'] });
    const said = `Instances are made without category ${KEY}:${GROUP}`;
    await host.logged(said);
    expect(host.log.split(said)).toHaveLength(2);
  });
});
