import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { OperationError, silentLogger, systemClock } from '../../src/support/index.js';
import { retire } from '../../src/volume/cloud/removal.js';
import { VolumeCore } from '../../src/volume/core.js';
import { cloudNameOf } from '../../src/volume/identity/names.js';
import { readPolicy, type Policy, type PublishRequest } from '../../src/volume/index.js';
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

test('what is in use on this host is not detached from it', async () => {
  await a.service.mount(db, 'u', context());
  expect(await codeOf(a.service.detach(db, 'vm/vm-a', context()))).toBe('conflict');
  expect(calls).not.toContain('detach');
});

test('a purge leaves what is attached', async () => {
  await a.service.remove(db, 'keep', context());
  Object.assign(only(), { attachments: [{ kind: 'vm', vmId: 'vm-b', scsiTarget: 2 }] });
  hosts.now = new Date('2027-01-01T00:00:00Z');
  calls.length = 0;
  expect(await a.service.purge(undefined, context())).toEqual([]);
  expect(calls).not.toContain('delete');
});

test('nothing is restored over a volume of its name', async () => {
  await a.service.remove(db, 'keep', context());
  await a.service.ensure('db', {}, context());
  expect(await codeOf(a.service.restore(db, context()))).toBe('conflict');
  const names = [...hosts.cloud.volumes.values()].map(({ name }) => name);
  expect(names.filter((name) => name === 'db')).toHaveLength(1);
});

test('an initiator of iSCSI that has it keeps it: nobody knows whether it lives', async () => {
  Object.assign(only(), { attachments: [{ kind: 'initiator', clientId: 'c', initiatorName: 'iqn.x:y' }] });
  expect(await codeOf(a.service.mount(db, 'u', context()))).toBe('conflict');
  expect(only().attachments).toHaveLength(1);
});

test('what is made from a snapshot counts as used, also when its original is gone', async () => {
  await a.service.mount(db, 'u', context());
  await a.service.unmount(db, 'u', context());
  const { id } = await a.service.createSnapshot(db, 'monday', context());
  await a.service.remove(db, 'delete', context());
  const made = await a.service.ensure('copy', { fromSnapshot: id }, context());
  expect(group(made.id).description).toContain('used=filesystem');
});

describe('volume groups that others made', () => {
  const make = (name: string, description: string): string =>
    hosts.cloud.make({ name, description, sizeBytes: 2 ** 30 });

  test('of several disks: neither imported nor mounted', async () => {
    const { disks } = group(make('wide', '[nutanix-volume/1 fs=xfs]'));
    Object.assign(group([...hosts.cloud.volumes.keys()][1] ?? ''), {
      disks: [...disks, { id: 'second', index: 1, sizeBytes: 2 ** 30 }],
    });
    expect(await codeOf(a.service.ensure('copy', { import: 'wide' }, context()))).toBe('unsupported');
    expect(await codeOf(a.service.mount({ name: 'wide' }, 'u', context()))).toBe('unsupported');
    expect(calls).not.toContain('attachToVm');
  });

  test('with a tag of a later version: left as they are', async () => {
    make('later', '[nutanix-volume/2 fs=zonefs]');
    expect(await codeOf(a.service.mount({ name: 'later' }, 'u', context()))).toBe('conflict');
    expect(calls).not.toContain('attachToVm');
  });

  test('of another volume whose name is shortened to the same: not taken', async () => {
    make(cloudNameOf('ä'), '[nutanix-volume/1 name=%C3%B6 fs=xfs]');
    expect(await codeOf(a.service.ensure('ä', {}, context()))).toBe('conflict');
  });

  test('while one is made: none of them is taken back', async () => {
    const others: string[] = [];
    hosts.cloud.around = (call) => {
      if (call !== 'create') return;
      hosts.cloud.around = () => undefined;
      for (const who of ['x', 'y']) others.push(make('new', `[nutanix-volume/1 fs=xfs by=${who}]`));
    };
    expect(await codeOf(a.service.ensure('new', {}, context()))).toBe('ambiguous');
    expect(others.map((id) => group(id).name)).toEqual(['new', 'new']);
  });
});

test('of two of one name, the one that an earlier call of this host made is not taken back', async () => {
  let isFirst = true;
  hosts.cloud.around = (call) => {
    if (call !== 'create after' || !isFirst) return;
    isFirst = false;
    // The request was answered with the volume of an earlier one, and another host was quicker with its own.
    const made = [...hosts.cloud.volumes.values()].find(({ name }) => name === 'new');
    Object.assign(made ?? {}, { description: '[nutanix-volume/1 fs=xfs by=earlier]' });
    const other = group(
      hosts.cloud.make({ name: 'new', description: '[nutanix-volume/1 fs=xfs by=x]', sizeBytes: 2 ** 30 }),
    );
    hosts.cloud.volumes.delete(other.id);
    const first = '00000000-0000-4000-8000-000000000000';
    hosts.cloud.volumes.set(first, { ...other, id: first });
  };
  expect(await codeOf(a.service.ensure('new', {}, context()))).toBe('ambiguous');
  expect([...hosts.cloud.volumes.values()].filter(({ name }) => name === 'new')).toHaveLength(2);
});

test.each([
  ['attached', { attachments: [{ kind: 'vm', vmId: 'vm-b', scsiTarget: 2 }] }],
  ['used', { description: '[nutanix-volume/1 fs=xfs used=filesystem]' }],
])('one too many that is %s gets its name back', async (_, change) => {
  Object.assign(only(), change);
  const parts = {
    volumes: hosts.cloud,
    notes: hosts.cloud,
    node: a.node,
    clock: systemClock,
    logger: silentLogger,
  };
  const policy = async (): Promise<Policy> => await Promise.resolve(hosts.policy);
  const core = new VolumeCore({ ...parts, folder: a.folder, policy, attachment: 'vm', now: () => hosts.now });
  await retire(core, only(), context());
  expect(only()).toMatchObject({ name: 'db', ...change });
});

test('a mount whose device the storage took away is not handed out', async () => {
  await a.service.mount(db, 'u1', context());
  Object.assign(only(), { attachments: [] });
  await a.service.mount(db, 'u2', context());
  expect(only().attachments).toMatchObject([{ vmId: 'vm-a' }]);
});

const recordShape = z.looseObject({
  stagings: z.array(
    z.looseObject({
      stagingPath: z.string(),
      targets: z.array(z.looseObject({ targetPath: z.string() })),
    }),
  ),
});

describe('as CSI has them', () => {
  const path = (name: string): string => join(a.folder, name);
  const files = { filesystem: { mountOptions: [] }, stagingPath: '' };
  const target = (name: string): PublishRequest => ({
    ...files,
    stagingPath: path('staging'),
    targetPath: path(name),
    readOnly: false,
  });

  test('one target that goes leaves staging and other targets; gone again, it leaves the record as it is', async () => {
    await a.service.publish(db, target('one'), context());
    await a.service.publish(db, target('two'), context());
    await a.service.unpublish(db, path('one'), context());
    expect([...a.node.binds.keys()].sort()).toEqual([path('staging'), path('two')]);
    // Records are replaced, never changed in place.
    const recordFile = (): number => statSync(join(a.folder, 'volumes', `${only().id}.json`)).ino;
    const before = recordFile();
    await a.service.unpublish(db, path('one'), context());
    expect(recordFile()).toBe(before);
    expect(await codeOf(a.service.unstage(db, path('staging'), context()))).toBe('conflict');
    expect(a.node.binds.size).toBe(2);
    expect(only().attachments).toHaveLength(1);
  });

  test('a target that was published by two staging paths, as Swarm does over a restart: the last unpublish undoes both', async () => {
    await a.service.publish(db, target('one'), context());
    await a.service.publish(db, { ...target('one'), stagingPath: path('own') }, context());
    await a.service.unpublish(db, path('one'), context());
    expect([a.node.binds.size, a.node.mounted.size]).toEqual([0, 0]);
    expect(only().attachments).toEqual([]);
  });

  test('staging and target stand in the record before they are mounted: a process that is killed leaves none unknown', async () => {
    const recorded: string[][] = [];
    a.node.around = (call) => {
      if (call !== 'bind') return;
      const { stagings } = recordShape.parse(
        JSON.parse(readFileSync(join(a.folder, 'volumes', `${only().id}.json`), 'utf8')),
      );
      recorded.push(
        stagings.flatMap(({ stagingPath, targets }) => [
          stagingPath,
          ...targets.map((one) => one.targetPath),
        ]),
      );
    };
    await a.service.publish(db, target('one'), context());
    expect(recorded).toEqual([[path('staging')], [path('staging'), path('one')]]);
  });

  test('published for writing, it is not published there read-only, too', async () => {
    await a.service.publish(db, target('one'), context());
    const readOnly = { ...target('one'), readOnly: true };
    expect(await codeOf(a.service.publish(db, readOnly, context()))).toBe('conflict');
  });

  test('a file system and a block device at once are refused, whoever has the file system', async () => {
    const block = { stagingPath: path('block') };
    await a.service.mount(db, 'u', context());
    expect(await codeOf(a.service.stage(db, block, context()))).toBe('conflict');
    await a.service.unmount(db, 'u', context());
    await a.service.stage(db, { ...files, stagingPath: path('staging') }, context());
    expect(await codeOf(a.service.stage(db, block, context()))).toBe('conflict');
  });
});

test('an operator who says keep overrules a volume that says delete', async () => {
  const description = only().description.replace(']', ' on-remove=delete]');
  Object.assign(only(), { description });
  hosts.policy = readPolicy({ overrides: { 'on-remove': 'keep' } });
  await a.service.remove(db, undefined, context());
  expect(only().name).toMatch(/^db\.removed-/);
});

test('growth reaches the kernel and the file system of the host that has it mounted', async () => {
  await a.service.mount(db, 'u', context());
  calls.length = 0;
  await a.service.grow(db, 20 * 2 ** 30, context());
  expect(calls.filter((call) => /^(grow|rescanSize|growFilesystem)$/.test(call))).toEqual([
    'grow',
    'rescanSize',
    'growFilesystem',
  ]);
});
