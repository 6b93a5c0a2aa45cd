import { join } from 'node:path';
import { OperationError } from '../../src/support/index.js';
import { callContext as context, failure } from './memory-cloud.js';
import { MemoryHosts, type MemoryHost } from './memory-hosts.js';

/** Guards of which another one often does the work, each where it stands alone. */
let hosts: MemoryHosts;
let a: MemoryHost;
let b: MemoryHost;
/** What was asked of the cloud and of the hosts, in order. */
const calls: string[] = [];
const db = { name: 'db' };

beforeEach(async () => {
  hosts = new MemoryHosts();
  a = hosts.add('vm-a');
  b = hosts.add('vm-b');
  await a.service.ensure('db', {}, context());
  calls.length = 0;
  const note = (call: string): void => void calls.push(call);
  hosts.cloud.around = note;
  a.node.around = note;
});
afterEach(async () => await hosts.free());

function only(): ReturnType<typeof group> {
  return group([...hosts.cloud.volumes.keys()][0] ?? '');
}

function group(id: string): NonNullable<ReturnType<MemoryHosts['cloud']['volumes']['get']>> {
  const found = hosts.cloud.volumes.get(id);
  if (found === undefined) throw new Error('there is no volume group');
  return found;
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return await work.then(
    () => 'done',
    (error: unknown) => OperationError.from(error, '').code,
  );
}

test('a volume group that is shared is attached to nobody', async () => {
  Object.assign(only(), { shared: true });
  expect(await codeOf(a.service.mount(db, 'u', context()))).toBe('unsupported');
  expect(await codeOf(a.service.attach(db, 'vm/vm-b', context()))).toBe('unsupported');
  expect(calls).not.toContain('attachToVm');
});

test('what is removed while a controller attaches it is detached again', async () => {
  hosts.cloud.around = (call) => {
    if (call === 'attachToVm after') Object.assign(only(), { name: 'db.removed-20261129T034200Z' });
  };
  expect(await codeOf(b.service.attach(db, 'vm/vm-a', context()))).toBe('not-found');
  expect(only().attachments).toEqual([]);
});

test('what is attached is asked neither to be renamed nor to be deleted', async () => {
  await b.service.attach(db, 'vm/vm-b', context());
  for (const how of ['keep', 'delete'] as const) {
    expect(await codeOf(a.service.remove(db, how, context()))).toBe('conflict');
  }
  expect(calls.filter((call) => /^(rename|delete)$/.test(call))).toEqual([]);
});

test('what is attached at the instant of its removal gets its name back', async () => {
  hosts.cloud.around = (call) => {
    if (call === 'rename' && only().attachments.length === 0)
      Object.assign(only(), { attachments: [{ kind: 'vm', vmId: 'vm-b', scsiTarget: 2 }] });
  };
  const before = only().description;
  expect(await codeOf(a.service.remove(db, 'keep', context()))).toBe('conflict');
  expect(only()).toMatchObject({ name: 'db', description: before });
});

test('the device is released after the unmount and before the storage takes it away', async () => {
  await a.service.mount(db, 'u', context());
  calls.length = 0;
  await a.service.unmount(db, 'u', context());
  expect(calls.filter((call) => /^(unmount|releaseDevice|detach)$/.test(call))).toEqual([
    'unmount',
    'releaseDevice',
    'detach',
  ]);
});

test('what could not be given back, and is used again, is not taken from its user later', async () => {
  await a.service.mount(db, 'u1', context());
  hosts.cloud.around = (call) => {
    if (call === 'find') throw failure('unreachable', 'no route to Prism Central');
  };
  await a.service.unmount(db, 'u1', context());
  await a.service.mount(db, 'u2', context());
  hosts.cloud.around = () => undefined;
  // Calls about one volume have their turns one after the other, and the background has its own in between.
  for (let user = 3; user < 9; user += 1) {
    await a.service.mount(db, `u${user}`, context());
    await a.service.unmount(db, `u${user}`, context());
  }
  expect(a.node.mounted.size).toBe(1);
  expect(only().attachments).toHaveLength(1);
  expect(hosts.disks.violations).toEqual([]);
});

test('what fails for one use takes nothing from the others', async () => {
  await a.service.mount(db, 'u', context());
  const staging = {
    stagingPath: join(a.folder, 'staging'),
    filesystem: { type: 'ext4' as const, mountOptions: [] },
  };
  expect(await codeOf(a.service.stage(db, staging, context()))).toBe('conflict');
  expect(a.node.mounted.size).toBe(1);
  expect(only().attachments).toHaveLength(1);
});
