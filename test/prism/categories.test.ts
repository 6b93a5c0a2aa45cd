import { createPrismProvider } from '../../src/prism/index.js';
import type { Categories, Category, CreationToken, NewCategory, VmId } from '../../src/provider/index.js';
import type { Simulator } from '../../src/simulator/index.js';
import { silentLogger } from '../../src/support/index.js';
import { context, rejection } from './fixtures.js';
import { hasty, simulated, specFrom } from './simulated.js';

const { start, stop } = simulated();
const opened: ReturnType<typeof createPrismProvider>[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
  await stop();
});

type Api = 'v3' | 'v4';
const API: readonly Api[] = ['v3', 'v4'];
const PC = { pcVersion: 'pc.7.6' } as const;
const WATCHER = { username: 'watcher', password: 'only-looks-1' };

function speaking(
  simulator: Simulator,
  api: Api,
  { username, password }: Pick<Simulator, 'username' | 'password'> = simulator,
): ReturnType<typeof createPrismProvider> {
  const { host, port, fingerprint } = simulator;
  const provider = createPrismProvider(
    {
      host,
      port,
      credentials: { kind: 'password', username, password },
      trust: { kind: 'fingerprint', sha256: fingerprint },
      api,
    },
    { logger: silentLogger, clock: hasty, userAgent: 'test-runner/1' },
  );
  opened.push(provider);
  return provider;
}

const PAIR: Category = { key: 'test-runner-group', value: 'a' };
const WANTED: NewCategory = { ...PAIR, description: 'Instances of a' };

/** Values of the key, and their descriptions. */
function kept(simulator: Simulator): Readonly<Record<string, string>> | undefined {
  const { categories } = simulator.save();
  return categories.find(({ name }) => name === WANTED.key)?.values;
}

/** What is asked by a call. */
async function asked(simulator: Simulator, call: () => Promise<unknown>): Promise<readonly string[]> {
  const before = simulator.snapshot().requests.total;
  await call();
  const { latest } = simulator.snapshot().requests;
  const since = latest.filter(({ number, path }) => number > before && path.includes('categories'));
  return since.sort((a, b) => a.number - b.number).map(({ method }) => method);
}

/** A VM that carries the category beside its others. */
async function made(
  provider: ReturnType<typeof createPrismProvider>,
  name: string,
  ...more: readonly Category[]
): Promise<{ readonly creationToken: CreationToken; readonly vmId: VmId }> {
  const spec = await specFrom(provider, name);
  const categories = [...spec.placement.categories, ...more];
  const creationToken = await provider.issueCreationToken(name, context());
  const placement = { ...spec.placement, categories };
  return { creationToken, vmId: await provider.create(creationToken, { ...spec, placement }, context()) };
}

describe.each(API)('a category of a program, on API %s', (api) => {
  test('is made once, in few requests, and kept as it is', async () => {
    const simulator = await start(PC);
    const provider = speaking(simulator, api);
    const make = (value: string) => async () =>
      await provider.ensureCategory({ ...WANTED, value }, context());
    const first = { v3: ['GET', 'PUT', 'PUT', 'PUT'], v4: ['GET', 'POST'] }[api];
    expect(await asked(simulator, make('a'))).toEqual(first);
    expect(await asked(simulator, make('b'))).toEqual({ v3: ['GET', 'PUT'], v4: ['GET', 'POST'] }[api]);
    expect(await asked(simulator, make('a'))).toEqual(['GET']);
    expect(kept(simulator)).toEqual({ a: WANTED.description, b: WANTED.description });
    expect(await provider.ensureCategory({ ...WANTED, description: 'other' }, context())).toMatchObject(PAIR);
    expect(kept(simulator)).toMatchObject({ a: WANTED.description });
  });

  test('is one for those that make it at the same time', async () => {
    const simulator = await start(PC);
    // Both look before either makes it.
    simulator.addFault({ name: 'slow', match: { method: api === 'v3' ? 'PUT' : 'POST' }, do: { delay: 50 } });
    const found = await Promise.all(
      [1, 2, 3].map(async () => await speaking(simulator, api).ensureCategory(WANTED, context())),
    );
    expect(new Set(found.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(kept(simulator)).toEqual({ a: WANTED.description });
  });

  test('is not made by an account that only reads, which is told what it lacks', async () => {
    const simulator = await start({ ...PC, users: [{ ...WATCHER, role: 'viewer' }] });
    const error = await rejection(speaking(simulator, api, WATCHER).ensureCategory(WANTED, context()));
    expect(error).toMatchObject({
      code: 'permission-denied',
      attempted: 'make category test-runner-group:a',
    });
    if (api === 'v4') expect(error).toHaveProperty('advice', expect.stringContaining('"Create_Category"'));
    expect(kept(simulator)?.['a']).toBeUndefined();
  });

  test('is found where it may not be made', async () => {
    const simulator = await start(PC);
    const provider = speaking(simulator, api);
    await provider.ensureCategory(WANTED, context());
    const match = { method: { v3: 'PUT', v4: 'POST' }[api], kind: 'category' };
    simulator.addFault({ name: 'no', match, do: { status: 403 } });
    expect(await provider.ensureCategory(WANTED, context())).toMatchObject(PAIR);
  });

  test('is removed, with success when there is none, and not while a VM carries it', async () => {
    const simulator = await start(PC);
    const provider = speaking(simulator, api);
    await provider.removeCategory(PAIR, context());
    const category = await provider.ensureCategory(WANTED, context());
    await provider.ensureCategory({ ...WANTED, value: 'b' }, context());
    const { creationToken, vmId } = await made(provider, 'web-1', category);
    await expect(provider.removeCategory(PAIR, context())).rejects.toMatchObject({ name: 'OperationError' });
    expect(kept(simulator)).toHaveProperty('a');
    await provider.remove({ name: 'web-1', creationToken, vmId }, context());
    await provider.removeCategory(PAIR, context());
    await provider.removeCategory(PAIR, context());
    expect(kept(simulator)).toEqual({ b: WANTED.description });
  });

  test('tells in one list who carries it, with the ownership tag or without', async () => {
    const simulator = await start(PC);
    const provider = speaking(simulator, api);
    const category = await provider.ensureCategory(WANTED, context());
    const { vmId: id } = await made(provider, 'web-1', category);
    await made(provider, 'web-2');
    const lists = async (of: Parameters<Categories['listCategorized']>[0], prefix?: string) => {
      const before = simulator.snapshot().requests.total;
      const found = await provider.listCategorized(of, prefix, context());
      expect(simulator.snapshot().requests.total - before).toBe(1);
      return { owned: found.owned.map(({ name }) => name).sort(), carriers: found.carriers };
    };
    const carriers = [{ id, name: 'web-1' }];
    expect(await lists(category)).toEqual({ owned: ['web-1', 'web-2'], carriers });
    expect(await lists(category, 'web-')).toEqual({ owned: ['web-1', 'web-2'], carriers });
    expect(await lists(category, 'web-2')).toEqual({ owned: ['web-2'], carriers: [] });
    expect(await lists(undefined)).toEqual({ owned: ['web-1', 'web-2'], carriers: [] });
    expect(await lists({ ...category, value: 'b', ...(api === 'v4' ? { id: 'x' } : {}) })).toMatchObject({
      carriers: [],
    });
  });
});

test('v4: a category that the account is not shown is told of as such', async () => {
  const simulator = await start(PC);
  const provider = speaking(simulator, 'v4');
  await provider.ensureCategory(WANTED, context());
  const match = { method: 'GET', path: '/prism/config/categories' };
  simulator.addFault({ name: 'hidden', match, do: { status: 200, body: { data: [] } } });
  expect(await rejection(provider.ensureCategory(WANTED, context()))).toMatchObject({
    code: 'permission-denied',
    advice: expect.stringContaining('View_Category') as string,
  });
});

test('v4: one whose answer was lost is found', async () => {
  const simulator = await start(PC);
  const provider = speaking(simulator, 'v4');
  const match = { method: 'POST', path: '/prism/config/categories' };
  simulator.addFault({ name: 'lost', match, do: { resetAfter: 0 }, times: 1 });
  expect(await provider.ensureCategory(WANTED, context())).toMatchObject(PAIR);
});

test('a category that v3 has made is the one of v4, and v4 recognizes none that it has not looked up', async () => {
  const simulator = await start(PC);
  const ofV3 = await speaking(simulator, 'v3').ensureCategory(WANTED, context());
  const v4 = speaking(simulator, 'v4');
  expect(await asked(simulator, async () => await v4.ensureCategory(WANTED, context()))).toEqual(['GET']);
  expect(await v4.listCategorized(ofV3, undefined, context())).toEqual({ owned: [], carriers: [] });
});
