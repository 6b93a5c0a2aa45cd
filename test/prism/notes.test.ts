import { createPrismProvider, createPrismVolumes } from '../../src/prism/index.js';
import type { Notes } from '../../src/provider/index.js';
import type { Simulator } from '../../src/simulator/index.js';
import { silentLogger } from '../../src/support/index.js';
import { context, rejection } from './fixtures.js';
import { hasty, simulated } from './simulated.js';

const { start, stop } = simulated();
const opened: (Notes & { close(): Promise<void> })[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
  await stop();
});

type Api = 'v3' | 'v4' | 'volumes';

function notesOf(
  simulator: Simulator,
  api: Api,
  program = 'test-runner',
  { username, password }: Pick<Simulator, 'username' | 'password'> = simulator,
): Notes {
  const { host, port, fingerprint } = simulator;
  const connection = {
    host,
    port,
    credentials: { kind: 'password', username, password },
    trust: { kind: 'fingerprint', sha256: fingerprint },
    api: api === 'volumes' ? 'v4' : api,
  } as const;
  const parts = { logger: silentLogger, clock: hasty, userAgent: `${program}/1` };
  const notes =
    api === 'volumes' ? createPrismVolumes(connection, parts) : createPrismProvider(connection, parts);
  opened.push(notes);
  return notes;
}

const LONG = 'é'.repeat(250);

test.each<[Api, Api]>([
  ['v3', 'v3'],
  ['v3', 'v4'],
  ['v4', 'v3'],
  ['v4', 'volumes'],
])('a note that was written through %s is read through %s', async (written, read) => {
  const simulator = await start({ pcVersion: 'pc.7.6' });
  const [writer, reader] = [notesOf(simulator, written), notesOf(simulator, read)];
  expect(await reader.findNote('group-a.b', context())).toBeUndefined();
  await writer.putNote('group-a.b', 'one', context());
  expect(await reader.findNote('group-a.b', context())).toBe('one');
  await writer.putNote('group-a.b', LONG, context());
  expect(await reader.findNote('group-a.b', context())).toBe(LONG);
  expect(await reader.findNote('group-a', context())).toBeUndefined();
});

test.each<Api>(['v3', 'v4'])('%s: each program has notes of its own', async (api) => {
  const simulator = await start({ pcVersion: 'pc.7.6' });
  await notesOf(simulator, api).putNote('x', 'mine', context());
  expect(await notesOf(simulator, api, 'other').findNote('x', context())).toBeUndefined();
});

test.each<Api>(['v3', 'v4'])(
  '%s: an account that only reads is refused, and is told what it lacks',
  async (api) => {
    const account = { username: 'watcher', password: 'only-looks-1' };
    const simulator = await start({ pcVersion: 'pc.7.6', users: [{ ...account, role: 'viewer' }] });
    await notesOf(simulator, api).putNote('x', 'one', context());
    expect(
      await rejection(notesOf(simulator, api, 'test-runner', account).putNote('x', 'two', context())),
    ).toMatchObject({
      code: 'permission-denied',
      attempted: 'write note "x"',
    });
    expect(await notesOf(simulator, api).findNote('x', context())).toBe('one');
  },
);

test.each<Api>(['v3', 'v4', 'volumes'])(
  '%s: a note that is removed is none, and can be made again',
  async (api) => {
    const simulator = await start({ pcVersion: 'pc.7.6' });
    const notes = notesOf(simulator, api);
    await notes.removeNote('x', context());
    await notes.putNote('x', 'one', context());
    await notes.putNote('y', 'two', context());
    await notes.removeNote('x', context());
    await notes.removeNote('x', context());
    expect(await notes.findNote('x', context())).toBeUndefined();
    expect(await notes.findNote('y', context())).toBe('two');
    await notes.putNote('x', 'three', context());
    expect(await notes.findNote('x', context())).toBe('three');
  },
);

test('v4: a note that a lagging list still shows is made anew', async () => {
  const simulator = await start({ pcVersion: 'pc.7.6' });
  const notes = notesOf(simulator, 'v4');
  await notes.putNote('x', 'one', context());
  simulator.addFault({ name: 'lag', match: { path: '/prism/config/categories' }, do: { lag: 1 } });
  await notes.findNote('x', context());
  await notesOf(simulator, 'v3').removeNote('x', context());
  await notes.putNote('x', 'two', context());
  expect(await notesOf(simulator, 'v3').findNote('x', context())).toBe('two');
});

test('v4: a note that another process writes in that moment is not removed', async () => {
  const simulator = await start({ pcVersion: 'pc.7.6' });
  const notes = notesOf(simulator, 'v4');
  await notes.putNote('x', 'one', context());
  // It arrives, and another write is carried out before it.
  const match = { method: 'DELETE', path: '/prism/config/categories/*' };
  simulator.addFault({ name: 'slow', match, do: { delay: 1500 }, times: 1 });
  const removing = rejection(notes.removeNote('x', context()));
  const isSent = (): boolean =>
    Object.keys(simulator.requestCounts()).some((route) => /^DELETE .*\/categories\/:extId/.test(route));
  while (!isSent()) await hasty.sleep(10);
  await notesOf(simulator, 'v3').putNote('x', 'two', context());
  expect(await removing).toMatchObject({ code: 'conflict' });
  expect(await notes.findNote('x', context())).toBe('two');
});
