import { categoryOf } from '../../../src/fleeting/plugin-config/index.js';
import { createPrismProvider } from '../../../src/prism/index.js';
import { OperationError, silentLogger } from '../../../src/support/index.js';
import { hasty, specFrom } from '../../prism/simulated.js';
import { context, GroupScene, type SceneOptions } from './group-scene.js';

const { key: KEY } = categoryOf('ci');
const TEXT = `${KEY}:ci`;
const API = ['v3', 'v4'] as const;
/** Whatever is asked of categories. */
const CATEGORIES = { kind: 'category' } as const;
let scene: GroupScene;
afterEach(async () => await scene.close());

const start = async (options?: SceneOptions): Promise<void> => void (scene = await GroupScene.start(options));

/** The values of the plugin's key: of each group that has a category. */
function kept(): readonly string[] {
  const { categories } = scene.simulator.save();
  return Object.keys(categories.find(({ name }) => name === KEY)?.values ?? {}).sort();
}

/** What each VM carries. */
function carried(): Readonly<Record<string, object>> {
  return Object.fromEntries(scene.simulator.save().vms.map(({ name, categories }) => [name, categories]));
}

/** A user edits a VM in Prism Central. */
async function edit(
  name: string,
  change: { description?: string; withoutCategories?: true },
): Promise<string> {
  const { uuid = '' } = scene.simulator.vms().find((vm) => vm.name === name) ?? {};
  const { metadata, spec } = await scene.byHand('GET', `vms/${uuid}`);
  const { description = spec?.['description'], withoutCategories } = change;
  const categories = withoutCategories
    ? { categories: {}, categories_mapping: {}, use_categories_mapping: true }
    : {};
  const isDone = (): boolean => {
    const vm = scene.simulator.save().vms.find((one) => one.name === name);
    if (vm === undefined) throw new Error(`${name} is gone`);
    return vm.description === description && (!withoutCategories || Object.keys(vm.categories).length === 0);
  };
  const body = {
    api_version: '3.1',
    metadata: { ...metadata, ...categories },
    spec: { ...spec, description },
  };
  await scene.byHand('PUT', `vms/${uuid}`, body);
  while (!isDone()) await new Promise((resolve) => setTimeout(resolve, 10));
  return uuid;
}

describe.each(API)('the category of a group, on API %s', (api) => {
  test('is made at Init, is on every instance with those of plugin_config, and goes with the last one', async () => {
    await start({ api });
    const { specFor } = scene.settings;
    const configured = [
      { key: 'env', value: 'prod' },
      { key: 'env', value: 'eu' },
    ];
    const runner = await scene
      .process({
        specFor: (name) => ({
          ...specFor(name),
          placement: { ...specFor(name).placement, categories: configured },
        }),
      })
      .start();
    expect(kept()).toEqual(['ci']);
    await runner.group.increase(2, context());
    const names = await runner.running(2);
    const expected = { env: ['prod', 'eu'], [KEY]: ['ci'] };
    expect(carried()).toEqual(Object.fromEntries(names.map((name) => [name, expected])));
    const { requests } = scene;
    await runner.states();
    expect(scene.requests - requests).toBe(1);
    await runner.group.decrease(names, context());
    await runner.running(0);
    await runner.group.shutdown(context());
    expect(kept()).toEqual([]);
    expect(runner.warnings).toEqual([]);
  });

  test('stays as long as there are instances, and the next start takes it as it is', async () => {
    await start({ api });
    const first = await scene.process().start();
    await first.group.increase(1, context());
    const names = await first.running(1);
    await first.group.shutdown(context());
    expect(kept()).toEqual(['ci']);
    const second = await scene.process().start();
    const writes = Object.keys(scene.simulator.requestCounts()).filter((one) =>
      /^(PUT|DELETE).*categ/.test(one),
    );
    expect(writes).toHaveLength(api === 'v3' ? 2 : 0);
    expect(await second.running(1)).toEqual(names);
    await second.group.decrease(names, context());
    await second.running(0);
    await second.group.shutdown(context());
    expect(kept()).toEqual([]);
  });

  test('is each one’s own of groups that start at once', async () => {
    await start({ api });
    const names = ['ci', 'ci-2', 'c', 'i'];
    const runners = await Promise.all(
      names.map(async (name) => {
        const stateFolder = `${scene.settings.stateFolder}-${name}`;
        const keyPath = `${stateFolder}/id_ed25519`;
        return await scene.process({ name, category: categoryOf(name), stateFolder, keyPath }).start();
      }),
    );
    expect(kept()).toEqual([...names].sort());
    const [first] = runners;
    await first?.group.shutdown(context());
    expect(kept()).toEqual(['c', 'ci-2', 'i']);
    expect(runners.flatMap(({ warnings }) => warnings)).toEqual([]);
  });

  test('is made again when it was deleted by hand', async () => {
    await start({ api });
    const runner = await scene.process().start();
    await scene.byHand('DELETE', `categories/${KEY}/ci`);
    await scene.byHand('DELETE', `categories/${KEY}`);
    await runner.group.increase(1, context());
    const [name = ''] = await runner.running(1);
    expect(carried()).toEqual({ [name]: { [KEY]: ['ci'] } });
    expect(runner.warnings).toEqual([]);
  });

  test('is left out, with one warning, where the account may not make it, and is there once it may', async () => {
    await start({ api, faults: [{ name: 'no', match: CATEGORIES, do: { status: 403 } }] });
    const runner = await scene.process().start();
    await runner.group.increase(1, context());
    const [without = ''] = await runner.running(1);
    await runner.group.increase(1, context());
    const two = await runner.running(2);
    expect(runner.warnings).toEqual([
      expect.stringMatching(
        new RegExp(
          `^make category ${TEXT}: .*HTTP 403.* Instances are made without category ${TEXT}, and are found by their descriptions all the same\\.$`,
        ),
      ),
    ]);
    expect(carried()).toEqual(Object.fromEntries(two.map((name) => [name, {}])));
    scene.simulator.clearFaults();
    await runner.group.increase(1, context());
    await runner.running(3);
    expect(Object.values(carried()).filter((one) => KEY in one)).toHaveLength(1);
    expect(carried()[without]).toEqual({});
  });

  test('says nothing of members: those without it are found by their tags, and are told of like any other', async () => {
    await start({ api });
    const first = await scene.process().start();
    await first.group.increase(2, context());
    const names = await first.running(2);
    const [name = ''] = names;
    await edit(name, { withoutCategories: true });
    expect(await first.running(2)).toEqual(names);
    first.kill();
    const second = await scene.process().start();
    expect([...(await second.running(2))].sort()).toEqual([...names].sort());
    expect(carried()[name]).toEqual({});
    await second.group.decrease(names, context());
    await second.running(0);
    expect(scene.vmNames).toEqual([]);
    expect([...first.warnings, ...second.warnings]).toEqual([]);
  });

  test('makes no member: an edited description takes the instance out at the next start, with one word', async () => {
    await start({ api });
    const first = await scene.process().start();
    await first.group.increase(2, context());
    const [edited = '', other = ''] = await first.running(2);
    const id = await edit(edited, { description: 'web server of the team' });
    // The process that made it knows it by more than its description.
    expect(await first.running(2)).toHaveLength(2);
    expect(first.warnings).toEqual([]);
    first.kill();
    const second = await scene.process().start();
    expect(await second.running(1)).toEqual([other]);
    await second.states();
    const why = `it carries category ${TEXT}, and its description does not say that it is an instance of group "ci"`;
    expect(second.warnings).toEqual([
      `VM "${edited}" (${id}) is left alone: ${why}. Delete it in Prism Central if it is of no use, ` +
        'or take the category away from it.',
    ]);
    await expect(second.group.decrease([edited], context())).rejects.toMatchObject({
      code: 'invalid-input',
      problem: why,
    });
    await second.group.decrease([other], context());
    await second.running(0);
    await second.group.shutdown(context());
    expect(scene.vmNames).toEqual([edited]);
    expect(kept()).toEqual(['ci']);
  });

  test('makes no member of a VM of another program, which is told of once', async () => {
    await start({ api });
    const runner = await scene.process().start();
    await otherProgramMakes('ci-theirs');
    for (let round = 0; round < 3; round += 1) expect(await runner.states()).toEqual({});
    expect(runner.warnings).toEqual([expect.stringMatching(/^VM "ci-theirs" \(.*\) is left alone: /)]);
    await runner.group.shutdown(context());
    expect(scene.vmNames).toEqual(['ci-theirs']);
    // It is not left to the server to refuse that.
    expect(Object.keys(scene.simulator.requestCounts()).filter((one) => /^DELETE.*categ/.test(one))).toEqual(
      [],
    );
    expect(kept()).toEqual(['ci']);
  });

  test('is not made while Prism Central does not answer for it: then there is no start and no instance', async () => {
    await start({ api });
    const refused = { name: 'down', match: CATEGORIES, do: { status: 500 } } as const;
    scene.simulator.addFault(refused);
    const runner = scene.process();
    await expect(runner.start()).rejects.toThrow(`make category ${TEXT}: `);
    expect(runner.leases).toBe(0);
    scene.simulator.clearFaults();
    await runner.start();
    scene.simulator.addFault(refused);
    await expect(runner.group.increase(1, context())).rejects.toThrow(`make category ${TEXT}: `);
    expect(scene.vmNames).toEqual([]);
    expect(scene.unfinished).toEqual([]);
  });

  test('stays when another process has the group, and when it cannot be removed', async () => {
    await start({ api });
    const first = await scene.process().start();
    first.lostTo = refusal();
    await first.group.shutdown(context());
    expect(kept()).toEqual(['ci']);
    const second = await scene.process().start();
    scene.simulator.addFault({ name: 'no', match: { ...CATEGORIES, method: 'DELETE' }, do: { status: 403 } });
    await second.group.shutdown(context());
    expect(kept()).toEqual(['ci']);
    expect(second.leases).toBe(0);
  });
});

test.each([
  ['v3', 'v4'],
  ['v4', 'v3'],
] as const)(
  'an instance made through API %s is one for the process that speaks %s',
  async (before, after) => {
    await start({ api: before });
    const first = await scene.process().start();
    await first.group.increase(1, context());
    const [name = ''] = await first.running(1);
    first.kill();
    const second = await scene.process({ api: after }).start();
    expect(await second.running(1)).toEqual([name]);
    await second.group.increase(1, context());
    const names = await second.running(2);
    expect(carried()).toEqual(Object.fromEntries(names.map((one) => [one, { [KEY]: ['ci'] }])));
    await second.group.decrease(names, context());
    await second.running(0);
    await second.group.shutdown(context());
    expect(kept()).toEqual([]);
    expect(second.warnings).toEqual([]);
  },
);

function refusal(): OperationError {
  return new OperationError({ code: 'conflict', attempted: 'change the group', problem: 'another has it' });
}

/** A VM with the group's category and the ownership tag of another program. */
async function otherProgramMakes(name: string): Promise<void> {
  const { host, port, username, password, fingerprint } = scene.simulator;
  const provider = createPrismProvider(
    {
      host,
      port,
      credentials: { kind: 'password', username, password },
      trust: { kind: 'fingerprint', sha256: fingerprint },
      api: 'v3',
    },
    { logger: silentLogger, clock: hasty, userAgent: 'other/1' },
  );
  const spec = await specFrom(provider, name);
  const placement = { ...spec.placement, categories: [categoryOf('ci')] };
  const token = await provider.issueCreationToken(name, context());
  await provider.create(token, { ...spec, placement }, context());
  await provider.close();
}
