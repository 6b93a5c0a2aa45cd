import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { takeGroupLease, type GroupLease, type LeaseParts } from '../../../src/fleeting/lease/index.js';
import { createPrismProvider } from '../../../src/prism/index.js';
import { silentLogger } from '../../../src/support/index.js';
import { simulated } from '../../prism/simulated.js';
import {
  context,
  kill,
  LeaseScene,
  NAME,
  refusal,
  rejected,
  restarted,
  type Computer,
} from './lease-scene.js';

let scene: LeaseScene;
beforeEach(() => (scene = new LeaseScene()));
afterEach(async () => await scene.close());

const computer = (name: string): Computer => scene.computer(name);
const take = async (on: Computer): Promise<GroupLease> => await scene.take(on);
const partsOf = (on: Computer): LeaseParts => scene.partsOf(on);

test('a group that no process has is taken at once, and is in order', async () => {
  const a = computer('a');
  expect(await scene.secondsOf(async () => await take(a))).toBeLessThan(2);
  expect(scene.cloud.notes.get(NAME)).toMatch(
    /^held [0-9a-f-]{36} by=runner@a since=\d{4}-\d\d-\d\dT[\d:.]+Z$/,
  );
  await scene.leases[0]?.confirm('make instances', context);
});

test('while it is held nothing is written, and one request is sent each 8 s', async () => {
  await take(computer('a'));
  const { reads, writes } = scene.cloud;
  await scene.clock.pass(80);
  expect([scene.cloud.reads - reads, scene.cloud.writes - writes]).toEqual([10, 0]);
});

test('another computer is refused within 30 s, and told who has it and what to do', async () => {
  const lease = await take(computer('a'));
  const held = scene.cloud.notes.get(NAME);
  const seconds = await scene.secondsOf(async () => {
    const error = await rejected(take(computer('b')));
    expect(error).toMatchObject({
      code: 'conflict',
      attempted: 'take group "ci" for this runner',
      problem: expect.stringMatching(/^runner@a has it since \d{4}-/) as string,
      advice: expect.stringContaining('stop the other one, or give this group another name') as string,
    });
  });
  expect(seconds).toBeLessThan(12);
  expect(scene.cloud.notes.get(NAME)).toBe(held);
  await lease.confirm('make instances', context);
});

test('another process on this computer is refused at once', async () => {
  const a = computer('a');
  await take(a);
  const error = await rejected(take(a));
  expect(error).toMatchObject({ code: 'conflict', attempted: 'take group "ci" for this runner' });
  expect(error.problem).toContain(`process ${process.pid}`);
});

test('a folder that cannot be written is named, and the key that gives another one', async () => {
  const a = computer('a');
  writeFileSync(a.folder, '');
  expect((await rejected(take({ ...a, folder: join(a.folder, 'ci') }))).message).toBe(
    `take group "ci" for this runner: cannot write in the folder ${join(a.folder, 'ci')} (ENOTDIR). ` +
      'Let the user of this process write there, or give another folder as state_dir.',
  );
});

test('a killed process is followed on its own computer at once', async () => {
  const a = computer('a');
  await take(a);
  kill(a);
  expect(await scene.secondsOf(async () => await take(restarted(a)))).toBeLessThan(2);
  expect(scene.cloud.notes.get(NAME)).toMatch(/^held /);
});

test('a killed process is followed on another computer when it has not answered for 25 s', async () => {
  const a = computer('a');
  await take(a);
  kill(a);
  const seconds = await scene.secondsOf(async () => await take(computer('b')));
  expect(seconds).toBeGreaterThanOrEqual(25);
  expect(seconds).toBeLessThanOrEqual(30);
  expect(scene.cloud.notes.get(NAME)).toContain('by=runner@b');
});

test('its computer started it anew while another one asks: it answers', async () => {
  const a = computer('a');
  await take(a);
  kill(a);
  const taking = rejected(takeGroupLease(partsOf(computer('b')), context));
  await scene.clock.untilAsleep(2);
  await take(restarted(a));
  expect(await scene.clock.until(taking, 2)).toMatchObject({ code: 'conflict' });
  expect(scene.cloud.notes.get(NAME)).toContain('by=runner@a');
});

test('an outage while it is asked is no silence of the other process', async () => {
  const a = computer('a');
  await take(a);
  kill(a);
  const b = computer('b');
  const taking = takeGroupLease(partsOf(b), context);
  await scene.clock.untilAsleep(2);
  await scene.clock.pass(20);
  b.readRefusal = 'unavailable';
  await scene.clock.pass(10);
  b.readRefusal = undefined;
  const seconds = await scene.secondsOf(async () => scene.leases.push(await scene.clock.until(taking, 2)));
  expect(seconds).toBeGreaterThanOrEqual(24);
});

test('a refusal while it is asked ends the start', async () => {
  const a = computer('a');
  await take(a);
  kill(a);
  const b = computer('b');
  const taking = rejected(takeGroupLease(partsOf(b), context));
  await scene.clock.untilAsleep(2);
  b.readRefusal = 'unauthenticated';
  expect(await scene.clock.until(taking, 2)).toMatchObject({ code: 'unauthenticated' });
  expect(readdirSync(b.folder)).toEqual([]);
});

test('of two that ask a dead process at the same time one gets the group', async () => {
  const a = computer('a');
  await take(a);
  kill(a);
  const [b, c] = [computer('b'), computer('c')];
  const taken = await scene.clock.until(
    Promise.allSettled([takeGroupLease(partsOf(b), context), takeGroupLease(partsOf(c), context)]),
  );
  expect(taken.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  for (const one of taken) {
    if (one.status === 'fulfilled') scene.leases.push(one.value);
    else expect(one.reason).toMatchObject({ code: 'conflict' });
  }
});

test('of two that write at the same instant one changes nothing', async () => {
  const [a, b] = [computer('a'), computer('b')];
  let first: GroupLease | undefined;
  b.beforeWrite = async () => {
    b.beforeWrite = () => undefined;
    first = await takeGroupLease(partsOf(a), context);
    scene.leases.push(first);
  };
  const second = await take(b);
  await second.confirm('make instances', context);
  expect(await rejected(first?.confirm('make instances', context) ?? Promise.resolve())).toMatchObject({
    code: 'conflict',
    attempted: 'make instances',
    problem: expect.stringContaining('runner@b has it') as string,
  });
});

describe('a process that another one took for dead', () => {
  let lease: GroupLease;
  let a: Computer;
  let other: GroupLease;

  beforeEach(async () => {
    a = computer('a');
    lease = await take(a);
    await lease.confirm('make instances', context);
    a.readRefusal = 'unreachable';
    other = await take(computer('b'));
    a.readRefusal = undefined;
  });

  test('changes nothing more, and says so once', async () => {
    expect(await rejected(lease.confirm('make instances', context))).toMatchObject({ code: 'conflict' });
    await scene.clock.pass(60);
    await other.confirm('make instances', context);
    expect(await rejected(lease.confirm('remove instances', context))).toMatchObject({ code: 'conflict' });
    expect(lease.lost('remove instances')).toMatchObject({ code: 'conflict', attempted: 'remove instances' });
    expect(other.lost('remove instances')).toBeUndefined();
    expect(a.log).toEqual([expect.stringMatching(/keep group "ci" .*runner@b has it since/)]);
  });

  test('does not believe what it saw long ago, and changes nothing while the scene.cloud is away', async () => {
    a.readRefusal = 'unreachable';
    expect(await rejected(lease.confirm('make instances', context))).toMatchObject({ code: 'unreachable' });
  });

  test('has the group again when the other one gives it back', async () => {
    await scene.clock.pass(10);
    await scene.clock.until(other.release());
    await scene.clock.pass(10);
    await lease.confirm('make instances', context);
    expect(a.log.at(-1)).toBe(`group "ci" is this runner's again`);
  });

  test('leaves the note alone when it ends', async () => {
    await scene.clock.pass(10);
    await scene.clock.until(lease.release());
    expect(scene.cloud.notes.get(NAME)).toContain('by=runner@b');
  });
});

describe('an account that may write no notes', () => {
  test.each(['permission-denied', 'unsupported'] as const)(
    '%s: one warning, and the lock alone',
    async (code) => {
      const a = computer('a');
      a.writeRefusal = code;
      const lease = await take(a);
      await scene.clock.pass(60);
      await lease.confirm('make instances', context);
      expect(a.log).toEqual([expect.stringContaining('give no other one a group of this name')]);
      expect(await rejected(take(a))).toMatchObject({ code: 'conflict' });
      const { reads } = scene.cloud;
      await scene.clock.pass(60);
      expect(scene.cloud.reads).toBe(reads);
    },
  );

  test('a server that takes notes and does not show them', async () => {
    const a = computer('a');
    a.losesTexts = true;
    await take(a);
    expect(a.log).toEqual([expect.stringContaining('does not show it')]);
  });
});

test.each(['a note by hand', 'held by=x', `held ${'0'.repeat(36)} by=a b since=2026`, 'x'.repeat(500)])(
  'a text that says no holder is asked like one: %s',
  async (text) => {
    scene.cloud.notes.set(NAME, text);
    const seconds = await scene.secondsOf(async () => await take(computer('a')));
    expect(seconds).toBeGreaterThanOrEqual(25);
  },
);

test('a start that is given up leaves no lock', async () => {
  scene.cloud.notes.set(NAME, 'a note by hand');
  const stopper = new AbortController();
  const a = computer('a');
  const taking = takeGroupLease(partsOf(a), { ...context, signal: stopper.signal });
  await scene.clock.untilAsleep(1);
  stopper.abort(refusal('cancelled'));
  expect(await scene.clock.until(rejected(taking))).toMatchObject({ code: 'cancelled' });
  expect(readdirSync(a.folder)).toEqual([]);
});

test('giving back while the scene.cloud is away is told, and frees the lock', async () => {
  const a = computer('a');
  const lease = await take(a);
  a.readRefusal = 'unreachable';
  await scene.clock.until(lease.release());
  await lease.release();
  expect(a.log).toEqual([expect.stringContaining('no')]);
  expect(readdirSync(a.folder)).toEqual(['lease']);
});

test('a name of a user that is no word', async () => {
  const a = { ...computer('a'), origin: 'Ünï [x]@build 7' };
  await take(a);
  expect(scene.cloud.notes.get(NAME)).toContain(' by=-n-x-@build-7 ');
});

describe('against a Prism Central', () => {
  const { start, stop } = simulated();
  afterEach(stop);

  test.each(['v3', 'v4'] as const)('%s: held, refused, given back, taken', async (api) => {
    const { host, port, username, password, fingerprint } = await start({ pcVersion: 'pc.7.6' });
    const notes = createPrismProvider(
      {
        host,
        port,
        credentials: { kind: 'password', username, password },
        trust: { kind: 'fingerprint', sha256: fingerprint },
        api,
      },
      { logger: silentLogger, clock: scene.clock, userAgent: 'fleeting-plugin-nutanix/1', group: 'ci' },
    );
    const on = (one: Computer): LeaseParts => ({ ...partsOf(one), notes });
    try {
      const lease = await takeGroupLease(on(computer('a')), context);
      const refused = rejected(takeGroupLease(on(computer('b')), context));
      expect((await scene.clock.until(refused)).problem).toContain('runner@a has it since');
      await lease.confirm('make instances', context);
      await scene.clock.until(lease.release());
      scene.leases.push(await takeGroupLease(on(computer('b')), context));
      await scene.clock.until(scene.leases[0]?.release() ?? Promise.resolve());
    } finally {
      await notes.close();
    }
  });
});
