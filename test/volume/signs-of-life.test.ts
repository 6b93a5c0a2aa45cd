import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPolicy } from '../../src/volume/index.js';
import { SteppedClock } from '../support/stepped-clock.js';
import { callContext, failure } from './memory-cloud.js';
import { MemoryHosts, type MemoryHost } from './memory-hosts.js';

const POLICY = readPolicy({ 'takeover-after': '5m' });
const volume = { name: 'db' };

let clock: SteppedClock;
let hosts: MemoryHosts;
let holder: MemoryHost;
let other: MemoryHost;
beforeEach(async () => {
  clock = new SteppedClock();
  hosts = new MemoryHosts(undefined, clock);
  hosts.policy = POLICY;
  holder = hosts.add('vm-a');
  other = hosts.add('vm-b');
  await holder.service.ensure('db', {}, callContext());
  const folder = await holder.service.mount(volume, 'u', callContext());
  writeFileSync(join(folder, 'row'), 'kept');
});
afterEach(async () => await hosts.free());

async function refusal(): Promise<string> {
  return await other.service.mount(volume, 'u', callContext()).then(
    () => 'mounted',
    (error: unknown) => String(error),
  );
}

/** The process of the holder does nothing any more, and its VM runs: what it has mounted could still be written to. */
async function fallSilent(): Promise<void> {
  const note = hosts.cloud.notes.get('life-vm-a') ?? '';
  await holder.service.close();
  hosts.cloud.notes.set('life-vm-a', note);
}

test('a holder that lives keeps its volume, however long it is asked for', async () => {
  for (let minute = 0; minute < 12; minute += 1) {
    expect(await refusal()).toMatch(/is held by VM "vm-vm-a" .* whose last sign of life was seen \d+ s ago/);
    await clock.pass(60);
  }
  expect(await refusal()).toMatch(/seen [0-3]?\d s ago \(it is taken for dead after 300 s\)/);
});

test('one that is silent for the stated time is fenced, and its successor has what was written', async () => {
  await fallSilent();
  expect(await refusal()).toContain('seen 0 s ago');
  await clock.pass(290);
  expect(await refusal()).toContain('seen 290 s ago');
  holder.node.crash();
  await clock.pass(11);
  expect(await refusal()).toBe('mounted');
  expect([...hosts.cloud.volumes.values()][0]?.attachments).toMatchObject([{ vmId: 'vm-b' }]);
});

test('a sign in the last second saves it', async () => {
  await fallSilent();
  await refusal();
  await clock.pass(299);
  const note = hosts.cloud.notes.get('life-vm-a') ?? '';
  hosts.cloud.notes.set('life-vm-a', `${note} again`);
  await clock.pass(2);
  expect(await refusal()).toMatch(/seen \d s ago/);
});

test('time in which the cloud could not be asked counts for nothing', async () => {
  await fallSilent();
  await refusal();
  await clock.pass(200);
  hosts.cloud.around = (call) => {
    if (call === 'findNote') throw failure('unreachable', 'no route to Prism Central');
  };
  await clock.pass(200);
  hosts.cloud.around = () => undefined;
  expect(await refusal()).toContain('seen 0 s ago');
});

test('time in which the host that looks stood still counts for nothing', async () => {
  await fallSilent();
  await refusal();
  await clock.pass(200);
  clock.standStill(200);
  expect(await refusal()).toContain('seen 0 s ago');
});

test('a process that ends in order withdraws its sign: its containers go on, and nobody takes the volume', async () => {
  await holder.service.close();
  await refusal();
  await clock.pass(400);
  expect(await refusal()).toContain('gives no signs of life by which it could be told dead');
});

test('the longer one of both hosts’ times counts', async () => {
  await fallSilent();
  hosts.cloud.notes.set('life-vm-a', 'limit=600000 renewed=x y');
  await refusal();
  await clock.pass(400);
  expect(await refusal()).toContain('is taken for dead after 600 s');
});

test('without the policy nothing is written or asked, and nothing is taken', async () => {
  hosts.policy = readPolicy(undefined);
  const calls: string[] = [];
  hosts.cloud.around = (call) => void calls.push(call);
  const third = hosts.add('vm-c');
  await third.service.mount(volume, 'u', callContext()).catch(() => undefined);
  await clock.pass(400);
  expect(await refusal()).toMatch(/which is on(?!,)/);
  // The two hosts that had given signs have withdrawn them.
  expect(calls.filter((call) => call.includes('Note') && !call.endsWith('after'))).toEqual(['putNote']);
});

test('a policy that changes its mind withdraws the sign', async () => {
  hosts.policy = readPolicy(undefined);
  await clock.pass(31);
  expect(hosts.cloud.notes.get('life-vm-a')).toBe('withdrawn: the policy says no takeover-after');
});

test('a process that comes back goes on with the signs before anybody asks for a volume', async () => {
  await fallSilent();
  await refusal();
  await clock.pass(250);
  const note = hosts.cloud.notes.get('life-vm-a');
  holder.restart();
  while (hosts.cloud.notes.get('life-vm-a') === note) await new Promise(setImmediate);
  await clock.pass(120);
  expect(await refusal()).toContain('is held by VM');
});
