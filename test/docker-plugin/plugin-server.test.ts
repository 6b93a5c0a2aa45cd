import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serveDockerPlugin, type DockerPlugin } from '../../src/docker-plugin/index.js';
import { VolumeDriver } from '../../src/docker-plugin/volume-driver.js';
import { OperationError } from '../../src/support/index.js';
import { ask, begin } from './engine-client.js';
import { away, ScriptedService, summary } from './scripted-service.js';

const folder = mkdtempSync(join(tmpdir(), 'docker-plugin-'));
const path = join(folder, 'nutanix.sock');
const lines: string[] = [];
const note = (line: string): void => void lines.push(line);
const logger = { debug: note, info: note, warn: note };
let service = new ScriptedService();
let plugin: DockerPlugin;
let opened = 0;
let cannotOpen: OperationError | undefined;

beforeAll(async () => {
  const open = (): Promise<ScriptedService> => {
    opened += 1;
    return cannotOpen === undefined ? Promise.resolve(service) : Promise.reject(cannotOpen);
  };
  plugin = await serveDockerPlugin({ path }, { service: open, logger });
});

afterAll(async () => {
  await plugin.close();
  rmSync(folder, { recursive: true });
});

beforeEach(() => {
  service = new ScriptedService();
  lines.length = 0;
  cannotOpen = undefined;
});

const NO_ANSWER = undefined;
const MISSING_NAME = { Err: expect.stringContaining('the request is empty: no volume is named') as unknown };

/** A promise that a test settles. */
function gate(): { readonly passed: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const passed = new Promise<void>((resolve) => (open = resolve));
  return { passed, open };
}

describe('the nine calls', () => {
  test('Activate and Capabilities are answered before the core is opened', async () => {
    opened = 0;
    expect(await ask(path, 'Plugin.Activate')).toEqual({
      status: 200,
      body: { Implements: ['VolumeDriver'] },
    });
    expect(await ask(path, 'VolumeDriver.Capabilities')).toEqual({
      status: 200,
      body: { Capabilities: { Scope: 'global' } },
    });
    expect(opened).toBe(0);
  });

  test.each([[null], [{}], [undefined]])('Create with Opts %j makes the volume', async (Opts) => {
    expect((await ask(path, 'VolumeDriver.Create', { Name: 'db', Opts }))?.body).toEqual({ Err: '' });
    expect(service.asked).toEqual(['ensure db {}']);
  });

  test('Create hands its options on, read and checked', async () => {
    const Opts = { size: '10G', fs: 'xfs' };
    expect((await ask(path, 'VolumeDriver.Create', { Name: 'db', Opts }))?.body).toEqual({ Err: '' });
    expect(service.asked).toEqual([`ensure db {"sizeBytes":${String(10 * 2 ** 30)},"filesystem":"xfs"}`]);
    const wrong = await ask(path, 'VolumeDriver.Create', { Name: 'db', Opts: { size: '10' } });
    expect(wrong?.body).toEqual({
      Err: expect.stringContaining('create volume "db": option size must') as unknown,
    });
    expect(service.asked).toHaveLength(1);
  });

  test('Create with -o help prints the options and makes nothing', async () => {
    const answer = await ask(path, 'VolumeDriver.Create', { Name: 'x', Opts: { help: '' } });
    expect(answer?.body).toEqual({ Err: expect.stringMatching(/-o size=[^]*-o on-remove=/) as unknown });
    expect(service.asked).toEqual([]);
  });

  test('Mount and Unmount name volume and user', async () => {
    const use = { Name: 'db', ID: 'abc' };
    expect((await ask(path, 'VolumeDriver.Mount', use))?.body).toEqual({
      Mountpoint: '/volumes/db',
      Err: '',
    });
    // What is noted when the answer has left does not delay it.
    while (service.asked.length < 2) await new Promise(setImmediate);
    expect((await ask(path, 'VolumeDriver.Unmount', use))?.body).toEqual({ Err: '' });
    expect(service.asked).toEqual(['mount db abc', 'answered db abc', 'unmount db abc']);
  });

  test('Get, Path and List answer from what this host knows', async () => {
    const madeAt = new Date('2026-11-29T03:00:00Z');
    service.volumes = [
      summary('db', { mountpoint: '/volumes/db', madeAt, holders: ['VM "web-1"'] }),
      summary('cache', { filesystem: undefined }),
      summary('old', { removed: { at: madeAt, keptUntil: madeAt } }),
    ];
    service.script['find'] = () => Promise.reject(away());
    expect((await ask(path, 'VolumeDriver.Get', { Name: 'db' }))?.body).toEqual({
      Volume: {
        Name: 'db',
        Mountpoint: '/volumes/db',
        CreatedAt: '2026-11-29T03:00:00.000Z',
        Status: { id: 'id-of-db', size: '1G', filesystem: 'xfs', holders: 'VM "web-1"' },
      },
      Err: '',
    });
    expect((await ask(path, 'VolumeDriver.Path', { Name: 'db' }))?.body).toEqual({
      Mountpoint: '/volumes/db',
      Err: '',
    });
    expect((await ask(path, 'VolumeDriver.List'))?.body).toEqual({
      Volumes: [
        { Name: 'db', Mountpoint: '/volumes/db', CreatedAt: '2026-11-29T03:00:00.000Z' },
        { Name: 'cache', Mountpoint: '' },
      ],
      Err: '',
    });
    expect(service.asked).toEqual([]);
  });

  test('Remove leaves it to the volume what happens to its data', async () => {
    expect((await ask(path, 'VolumeDriver.Remove', { Name: 'db' }))?.body).toEqual({ Err: '' });
    expect(service.asked).toEqual(['remove db undefined']);
  });
});

describe('Get', () => {
  test('of a volume that is known nowhere asks the cloud, and fails only when that is certain', async () => {
    expect((await ask(path, 'VolumeDriver.Get', { Name: 'db' }))?.body).toEqual({
      Err: 'there is no volume "db"',
    });
    service.inCloud = [summary('db')];
    expect((await ask(path, 'VolumeDriver.Get', { Name: 'db' }))?.body).toMatchObject({
      Volume: { Name: 'db' },
    });
    expect(service.asked).toEqual(['find db', 'find db']);
  });

  test('is not answered while the cloud cannot be asked', async () => {
    service.script['find'] = () => Promise.reject(away());
    expect(await ask(path, 'VolumeDriver.Get', { Name: 'db' })).toBe(NO_ANSWER);
    expect(lines.join('\n')).toContain('Get of volume "db" is not answered, since it may exist');
  });

  test.each(['invalid-input', 'permission-denied', 'ambiguous', 'unexpected-response', 'internal'] as const)(
    'is not answered after an error with the code %s',
    async (code) => {
      service.script['find'] = () =>
        Promise.reject(new OperationError({ code, attempted: 'look up volume', problem: 'no' }));
      expect(await ask(path, 'VolumeDriver.Get', { Name: 'db' })).toBe(NO_ANSWER);
    },
  );

  test('is not answered when the core cannot be opened, and is as soon as it can', async () => {
    cannotOpen = new OperationError({ code: 'invalid-input', attempted: 'read the file', problem: 'no' });
    expect(await ask(path, 'VolumeDriver.Get', { Name: 'db' })).toBe(NO_ANSWER);
    expect((await ask(path, 'VolumeDriver.List'))?.body).toEqual({ Err: 'read the file: no' });
    cannotOpen = undefined;
    expect((await ask(path, 'VolumeDriver.Get', { Name: 'db' }))?.body).toEqual({
      Err: 'there is no volume "db"',
    });
  });
});

describe('requests that cannot be meant', () => {
  test.each(['Create', 'Remove', 'Mount', 'Unmount', 'Path'])(
    'without a body %s is refused: a repeated call has none',
    async (method) => {
      expect((await ask(path, `VolumeDriver.${method}`))?.body).toEqual(MISSING_NAME);
      expect(service.asked).toEqual([]);
    },
  );

  test.each([
    ['no body', undefined],
    ['no JSON', '{"Name":'],
    ['no name', {}],
    ['an empty name', { Name: '' }],
  ])('Get with %s is not answered', async (_what, body) => {
    expect(await ask(path, 'VolumeDriver.Get', body)).toBe(NO_ANSWER);
  });

  test.each([
    ['Mount', { Name: 'db' }, 'see ID'],
    ['Mount', { Name: 'db', ID: '' }, 'see ID'],
    ['Create', { Name: 'db', Opts: { size: 5 } }, 'see Opts.size'],
    ['Remove', { Name: '' }, 'see Name'],
    ['Create', [], 'lacks a member'],
    ['Create', '{"Name":', 'the request is not JSON'],
  ])('%s with %j is refused', async (method, body, problem) => {
    const answer = await ask(path, `VolumeDriver.${method}`, body);
    expect(answer?.body).toEqual({ Err: expect.stringContaining(problem) as unknown });
    expect(service.asked).toEqual([]);
  });

  test('a body beyond the limit is refused, and the plugin goes on', async () => {
    const answer = await ask(path, 'VolumeDriver.Create', { Name: 'a'.repeat(300_000) });
    expect(answer).toMatchObject({
      status: 400,
      body: { Err: expect.stringContaining('too large') as unknown },
    });
    expect(await ask(path, 'VolumeDriver.Get', { Name: 'a'.repeat(300_000) })).toBe(NO_ANSWER);
    expect((await ask(path, 'VolumeDriver.List'))?.body).toEqual({ Volumes: [], Err: '' });
  });

  test('a call that volume plugins do not have', async () => {
    expect(await ask(path, 'NetworkDriver.Join', {})).toMatchObject({ status: 404 });
  });
});

describe('errors', () => {
  test.each(['Create', 'Remove', 'Mount', 'Unmount'])(
    'of %s name the volume, and are logged',
    async (method) => {
      const fails = (): Promise<void> =>
        Promise.reject(
          new OperationError({ code: 'conflict', attempted: 'attach', problem: 'VM "a" has it' }),
        );
      for (const name of ['ensure', 'remove', 'mount', 'unmount']) service.script[name] = fails;
      const answer = await ask(path, `VolumeDriver.${method}`, { Name: 'wpdb', ID: 'x' });
      expect(answer).toEqual({ status: 200, body: { Err: 'volume "wpdb": attach: VM "a" has it' } });
      expect(lines).toEqual([expect.stringContaining('volume "wpdb": attach: VM "a" has it')]);
    },
  );

  test('of any kind are answered', async () => {
    service.script['mount'] = () => Promise.reject(new TypeError('x is not a function'));
    const answer = await ask(path, 'VolumeDriver.Mount', { Name: 'db', ID: 'x' });
    expect(answer?.body).toEqual({ Err: 'mount volume "db": x is not a function' });
  });
});

describe('time', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  /** What an engine waits for calls that change something, and for others (volumes.md 2). */
  test.each([
    ['Create', 120_000],
    ['Mount', 120_000],
    ['Remove', 60_000],
    ['Get', 60_000],
  ] as const)('%s ends before the engine stops waiting, with time to roll back', async (call, limit) => {
    const endless = (signal?: AbortSignal): Promise<void> =>
      new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(away())));
    for (const method of ['ensure', 'mount', 'remove', 'find']) service.script[method] = endless;
    const driver = new VolumeDriver({ service: () => Promise.resolve(service), logger });
    const gone = new AbortController().signal;
    const work = {
      Create: () => driver.create('db', {}),
      Mount: () => driver.mount('db', 'x', { gone }),
      Remove: () => driver.remove('db'),
      Get: () => driver.get('db'),
    };
    let hasEnded = false;
    const ended = work[call]()
      .catch(() => undefined)
      .then(() => (hasEnded = true));
    await jest.advanceTimersByTimeAsync(limit - 4000);
    expect(hasEnded).toBe(true);
    await ended;
  });
});

describe('a connection that closes first', () => {
  test('a Mount is stopped, and rolled back also when it succeeds all the same', async () => {
    const begun = gate();
    const goesOn = gate();
    const ended = gate();
    let why: unknown;
    service.script['mount'] = async (signal) => {
      begun.open();
      signal?.addEventListener('abort', () => {
        why = signal.reason;
        goesOn.open();
      });
      await goesOn.passed;
    };
    service.script['unmount'] = () => {
      ended.open();
      return Promise.resolve();
    };
    const { socket } = begin(path, 'VolumeDriver.Mount', { Name: 'db', ID: 'x' });
    await begun.passed;
    socket.destroy();
    await ended.passed;
    // At once, and not when its time is over.
    expect(why).toMatchObject({ code: 'cancelled' });
    expect(service.asked).toEqual(['mount db x', 'unmount db x']);
    expect(lines.join('\n')).toContain('volume "db": the engine did not wait for its mount');
  });

  test('an Unmount goes on to its end', async () => {
    const begun = gate();
    const goesOn = gate();
    let stopped = false;
    service.script['unmount'] = async (signal) => {
      begun.open();
      signal?.addEventListener('abort', () => (stopped = true));
      await goesOn.passed;
    };
    const { socket, answer } = begin(path, 'VolumeDriver.Unmount', { Name: 'db', ID: 'x' });
    await begun.passed;
    socket.destroy();
    await answer;
    expect((await ask(path, 'VolumeDriver.List'))?.body).toEqual({ Volumes: [], Err: '' });
    goesOn.open();
    expect(stopped).toBe(false);
  });

  test('calls come one after the other over one connection, too', async () => {
    const { Agent, request } = await import('node:http');
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const post = (method: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const sent = request({ socketPath: path, path: `/${method}`, method: 'POST', agent }, (answer) => {
          answer.resume();
          answer.on('end', () => resolve(answer.statusCode));
        });
        sent.on('error', reject);
        sent.end();
      });
    for (let time = 0; time < 20; time += 1) expect(await post('VolumeDriver.List')).toBe(200);
    expect(lines.filter((line) => line.includes('Warning'))).toEqual([]);
    agent.destroy();
  });
});
