import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { callContext, failure } from './memory-cloud.js';
import { MemoryHosts, type MemoryHost } from './memory-hosts.js';

/** Users of whom a process that was killed leaves it open whether they have the volume. */
const lines: string[] = [];
const keep = (line: string): void => void lines.push(line);
const volume = { name: 'db' };
const MINUTE = 60_000;

let hosts: MemoryHosts;
let host: MemoryHost;
beforeEach(async () => {
  lines.length = 0;
  hosts = new MemoryHosts({ debug: keep, info: keep, warn: keep });
  host = hosts.add('vm-a');
  await host.service.ensure('db', {}, callContext());
});
afterEach(async () => await hosts.free());

function pass(minutes: number): void {
  hosts.now = new Date(hosts.now.getTime() + minutes * MINUTE);
}

function record(): Record<string, unknown> {
  const [file = ''] = readdirSync(join(host.folder, 'volumes'));
  return JSON.parse(readFileSync(join(host.folder, 'volumes', file), 'utf8')) as Record<string, unknown>;
}

function isHeld(): boolean {
  const [only] = [...hosts.cloud.volumes.values()];
  return only?.attachments.length === 1;
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise(setImmediate);
}

/** What goes on in the background writes files, too; the test's own limit ends this. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(setImmediate);
}

test('a user counts as unanswered until its answer is delivered', async () => {
  await host.service.mount(volume, 'u', callContext());
  expect(record()).toMatchObject({ users: ['u'], unanswered: ['u'] });
  await host.service.answered(volume, 'u', callContext());
  expect(record()).toMatchObject({ users: ['u'], unanswered: [] });
  // `docker cp` mounts with the id of a container that runs.
  await host.service.mount(volume, 'u', callContext());
  expect(record()).toMatchObject({ users: ['u', 'u'], unanswered: ['u'] });
  await host.service.unmount(volume, 'u', callContext());
  expect(isHeld()).toBe(true);
  await host.service.unmount(volume, 'u', callContext());
  expect(isHeld()).toBe(false);
});

test('killed before its answer: the same call again counts once', async () => {
  await host.service.mount(volume, 'u', callContext());
  host.restart();
  await host.service.mount(volume, 'u', callContext());
  await host.service.answered(volume, 'u', callContext());
  expect(record()).toMatchObject({ users: ['u'], unanswered: [] });
  await host.service.unmount(volume, 'u', callContext());
  expect(isHeld()).toBe(false);
});

test('killed before its answer, and never called again: forgotten when a container would have it', async () => {
  await host.service.mount(volume, 'u', callContext());
  host.restart();
  await until(() => JSON.stringify(record()).includes('"since"'));
  pass(9);
  await turns(50);
  expect(isHeld()).toBe(true);
  pass(2);
  await until(() => !isHeld());
  expect(host.node.mounted.size).toBe(0);
  expect(record()).toMatchObject({ users: [], unanswered: [], inherited: [] });
  expect(lines.join('\n')).toContain('volume "db": 1 of its users on this host (u) are gone');
});

test('processes that are killed again and again do not put it off', async () => {
  await host.service.mount(volume, 'u', callContext());
  for (let kill = 0; kill < 3; kill += 1) {
    host.restart();
    await until(() => JSON.stringify(record()).includes('"since"'));
    pass(4);
  }
  await until(() => !isHeld());
});

test('an unmount that was lost with its process: the same, for the kernel knows of no container', async () => {
  await host.service.mount(volume, 'u', callContext());
  await host.service.answered(volume, 'u', callContext());
  host.restart();
  await until(() => JSON.stringify(record()).includes('"since"'));
  pass(11);
  await until(() => !isHeld());
});

test('as long as a container has it, all users count; its unmount and the time end the others, too', async () => {
  await host.service.mount(volume, 'lives', callContext());
  await host.service.answered(volume, 'lives', callContext());
  await host.service.mount(volume, 'phantom', callContext());
  const [target = ''] = [...host.node.mounted.keys()];
  host.node.elsewhere.set(target, true);
  host.restart();
  await until(() => JSON.stringify(record()).includes('"since"'));
  const looks = jest.spyOn(host.node, 'isMountedElsewhere');
  pass(60);
  // The second look begins when what the first one led to is done.
  await until(() => looks.mock.calls.length > 1);
  expect(record()).toMatchObject({ users: ['lives', 'phantom'] });
  host.node.elsewhere.clear();
  await host.service.unmount(volume, 'lives', callContext());
  await until(() => !isHeld());
});

test('new users are nobody’s heritage', async () => {
  await host.service.mount(volume, 'old', callContext());
  host.restart();
  await until(() => JSON.stringify(record()).includes('"since"'));
  await host.service.mount(volume, 'new', callContext());
  pass(11);
  await until(() => !JSON.stringify(record()).includes('"old"'));
  expect(record()).toMatchObject({ users: ['new'] });
  expect(isHeld()).toBe(true);
});

test('who sees no other processes forgets only those that were never answered', async () => {
  await host.service.mount(volume, 'lives', callContext());
  await host.service.answered(volume, 'lives', callContext());
  await host.service.mount(volume, 'phantom', callContext());
  const [target = ''] = [...host.node.mounted.keys()];
  host.node.elsewhere.set(target, undefined);
  host.restart();
  await until(() => JSON.stringify(record()).includes('"since"'));
  pass(11);
  await until(() => !JSON.stringify(record()).includes('"since"'));
  expect(record()).toMatchObject({ users: ['lives'], unanswered: [], inherited: [] });
  expect(isHeld()).toBe(true);
});

test('noting the answer needs no Prism, and an unmount that came first is no fault', async () => {
  await host.service.mount(volume, 'u', callContext());
  hosts.cloud.around = () => {
    throw failure('unreachable', 'no route to Prism Central');
  };
  await host.service.answered(volume, 'u', callContext());
  expect(record()).toMatchObject({ users: ['u'], unanswered: [] });
  await host.service.unmount(volume, 'u', callContext());
  await host.service.answered(volume, 'u', callContext());
  expect(record()).toMatchObject({ users: [], unanswered: [] });
});
