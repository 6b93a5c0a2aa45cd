import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OperationError } from '../../src/support/index.js';
import { readPolicy } from '../../src/volume/index.js';
import { idFrom } from '../../src/volume/identity/request-ids.js';
import { tagIn } from '../../src/volume/identity/tag.js';
import { callContext, failure } from './memory-cloud.js';
import { MemoryHosts, type MemoryHost } from './memory-hosts.js';

const GIB = 1024 ** 3;
const lines: string[] = [];
const keep = (line: string): void => void lines.push(line);

let hosts: MemoryHosts;
let a: MemoryHost;
let b: MemoryHost;
beforeEach(() => {
  lines.length = 0;
  hosts = new MemoryHosts({ debug: keep, info: keep, warn: keep });
  a = hosts.add('vm-a');
  b = hosts.add('vm-b');
});
afterEach(async () => await hosts.free());

async function rejection(work: Promise<unknown>): Promise<OperationError> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof OperationError) return error;
  throw new Error(`rejected with ${String(error)}`);
}

const context = callContext;

function only(): ReturnType<MemoryHosts['cloud']['make']> {
  const [id = '', ...others] = [...hosts.cloud.volumes.keys()];
  expect(others).toEqual([]);
  return id;
}

describe('ensure', () => {
  test('two hosts at once make one volume, and a repeated call finds it', async () => {
    const made = await Promise.all(
      [a, b].map(async ({ service }) => await service.ensure('db', {}, context())),
    );
    expect(new Set(made.map(({ id }) => id))).toEqual(new Set([only()]));
    expect(made[0]).toMatchObject({ name: 'db', sizeBytes: 10 * GIB, filesystem: 'xfs', holders: [] });
    expect(await a.service.ensure('db', { sizeBytes: GIB }, context())).toMatchObject({ id: only() });
    expect(await b.service.known()).toMatchObject([{ name: 'db', sizeBytes: 10 * GIB }]);
  });

  test.each([
    [{ sizeBytes: 20 * GIB }, 'it exists with 10G, which is less than the 20G asked for'],
    [{ filesystem: 'ext4' as const }, 'it exists, made for xfs, not for ext4'],
  ])('one that is otherwise is a conflict: %j', async (options, problem) => {
    await a.service.ensure('db', {}, context());
    expect(await rejection(b.service.ensure('db', options, context()))).toMatchObject({
      code: 'conflict',
      problem,
    });
  });

  test('two volume groups of one name are ambiguous, and both stay', async () => {
    const ids = [1, 2].map(() => hosts.cloud.make({ name: 'db', description: '', sizeBytes: GIB }));
    for (const work of [
      () => a.service.ensure('db', {}, context()),
      () => a.service.mount({ name: 'db' }, 'u', context()),
      () => a.service.remove({ name: 'db' }, 'delete', context()),
    ]) {
      const error = await rejection(work());
      expect(error.code).toBe('ambiguous');
      for (const id of ids) expect(error.message).toContain(id);
    }
    expect(hosts.cloud.volumes.size).toBe(2);
  });

  test('hosts whose requests are not seen as one: the later id is taken back, unused', async () => {
    let isFirst = true;
    hosts.cloud.around = (call) => {
      if (call !== 'create' || !isFirst) return;
      isFirst = false;
      const volume = { name: 'db', description: '[nutanix-volume/1 fs=xfs by=other]', sizeBytes: 10 * GIB };
      const id = hosts.cloud.make(volume);
      const entry = hosts.cloud.volumes.get(id);
      hosts.cloud.volumes.delete(id);
      // The lowest id there can be.
      const first = '00000000-0000-4000-8000-000000000000';
      if (entry !== undefined) hosts.cloud.volumes.set(first, { ...entry, id: first });
    };
    expect(await a.service.ensure('db', {}, context())).toMatchObject({
      id: '00000000-0000-4000-8000-000000000000',
    });
    only();
  });

  test('a volume group of that name that was made otherwise is not taken without being asked for', async () => {
    const id = hosts.cloud.make({ name: 'db', description: 'of the accountants', sizeBytes: GIB });
    expect(await rejection(a.service.ensure('db', {}, context()))).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(`import=${id}`) as string,
    });
    await a.service.ensure('db', { import: 'db' }, context());
    expect(hosts.cloud.volumes.get(id)?.description).toBe('of the accountants');
    const refused = await rejection(a.service.mount({ name: 'db' }, 'u', context()));
    expect(refused.problem).toBe('it holds no file system');
    expect(hosts.disks.contents.size).toBe(0);
  });

  test('a request that failed for good is followed by another id, the same on every host', async () => {
    hosts.cloud.refuse(idFrom('create', 'c1', 'db', ''), 'no space for a moment');
    await a.service.ensure('db', {}, context());
    only();
  });

  test('removed and made again: a new volume, and the old one is kept', async () => {
    const first = await a.service.ensure('db', {}, context());
    await a.service.remove({ name: 'db' }, undefined, context());
    const second = await b.service.ensure('db', {}, context());
    expect(second.id).not.toBe(first.id);
    expect(hosts.cloud.volumes.get(first.id)?.name).toBe('db.removed-20261129T034200Z');
  });

  test('policy: defaults where nothing is asked for, overrides whatever is', async () => {
    hosts.policy = readPolicy({ defaults: { size: '3G' }, overrides: { fs: 'ext4' } });
    expect(await a.service.ensure('db', { filesystem: 'xfs' }, context())).toMatchObject({
      sizeBytes: 3 * GIB,
      filesystem: 'ext4',
    });
  });

  test('a name that Prism may refuse is replaced, and known all the same', async () => {
    const name = `a b/${'ö'.repeat(100)}`;
    const made = await a.service.ensure(name, {}, context());
    expect(hosts.cloud.volumes.get(made.id)?.name).toMatch(/^a-b-[\w.-]*[\da-f]{12}$/);
    expect(await b.service.find({ name }, context())).toMatchObject({ id: made.id, name });
  });
});

describe('mount', () => {
  test('users are counted; the last one gives the volume back', async () => {
    await a.service.ensure('db', { owner: { uid: 0, gid: 0 }, mode: 0o700 }, context());
    const folder = await a.service.mount({ name: 'db' }, 'u1', context());
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(readdirSync(folder)).toEqual([]);
    expect(await a.service.mount({ name: 'db' }, 'u2', context())).toBe(folder);
    expect(await a.service.mount({ name: 'db' }, 'u2', context())).toBe(folder);
    await a.service.unmount({ name: 'db' }, 'u1', context());
    await a.service.unmount({ name: 'db' }, 'stranger', context());
    expect(hosts.cloud.volumes.get(only())?.attachments).toHaveLength(1);
    // `docker cp` mounts and unmounts with the id of a container that runs on: that container keeps the volume.
    await a.service.unmount({ name: 'db' }, 'u2', context());
    expect(hosts.cloud.volumes.get(only())?.attachments).toHaveLength(1);
    expect(a.node.mounted.size).toBe(1);
    await a.service.unmount({ name: 'db' }, 'u2', context());
    expect(hosts.cloud.volumes.get(only())?.attachments).toEqual([]);
    expect(a.node.mounted.size).toBe(0);
  });

  test('a host that runs keeps it: the other one learns which VM that is; one that is off or gone loses it', async () => {
    await a.service.ensure('db', {}, context());
    writeFileSync(join(await a.service.mount({ name: 'db' }, 'u', context()), 'row'), 'kept');
    for (const power of ['on', 'paused', 'unknown'] as const) {
      hosts.cloud.vms.set('vm-a', { id: 'vm-a', name: 'web-1', power });
      expect(await rejection(b.service.mount({ name: 'db' }, 'u', context()))).toMatchObject({
        code: 'conflict',
        problem: expect.stringContaining('is held by VM "web-1" (vm-a)') as string,
      });
    }
    a.node.crash();
    hosts.cloud.vms.set('vm-a', { id: 'vm-a', name: 'web-1', power: 'off' });
    const folder = await b.service.mount({ name: 'db' }, 'u', context());
    expect(readFileSync(join(folder, 'row'), 'utf8')).toBe('kept');
    b.node.crash();
    hosts.cloud.vms.delete('vm-b');
    hosts.cloud.vms.set('vm-a', { id: 'vm-a', name: 'web-1', power: 'on' });
    a.restart();
    await a.service.mount({ name: 'db' }, 'u', context());
    expect(hosts.disks.violations).toEqual([]);
  });

  test('what is mounted is served without Prism, and given back when it is there again', async () => {
    await a.service.ensure('db', {}, context());
    const folder = await a.service.mount({ name: 'db' }, 'u1', context());
    hosts.cloud.around = () => {
      throw failure('unreachable', 'no route to Prism Central');
    };
    expect(await a.service.mount({ name: 'db' }, 'u2', context())).toBe(folder);
    expect(await a.service.known()).toMatchObject([{ name: 'db', mountpoint: folder }]);
    await a.service.unmount({ name: 'db' }, 'u1', context());
    const flushed: string[] = [];
    a.node.around = (call) => void flushed.push(call);
    await a.service.unmount({ name: 'db' }, 'u2', context());
    expect(lines.join('\n')).toContain('It is given back later.');
    // A container that starts again gets it without Prism; what the last one has written is on the disk.
    expect(flushed.slice(0, 2)).toEqual(['flush', 'flush after']);
    expect(await a.service.mount({ name: 'db' }, 'u3', context())).toBe(folder);
    await a.service.unmount({ name: 'db' }, 'u3', context());
    hosts.cloud.around = () => undefined;
    while ((hosts.cloud.volumes.get(only())?.attachments.length ?? 0) > 0) await new Promise(setImmediate);
    expect(a.node.mounted.size).toBe(0);
    expect(hosts.disks.violations).toEqual([]);
  });

  test('Prism away at any step: the call fails, nothing stays, and the same call later succeeds', async () => {
    await a.service.ensure('db', {}, context());
    for (let step = 1; ; step += 1) {
      let count = 0;
      hosts.cloud.around = () => {
        count += 1;
        if (count === step) throw failure('unreachable', 'no route to Prism Central');
      };
      const failed = await a.service.mount({ name: 'db' }, 'u', context()).then(
        () => false,
        () => true,
      );
      hosts.cloud.around = () => undefined;
      if (!failed) break;
      expect(a.node.mounted.size).toBe(0);
      await a.service.mount({ name: 'db' }, 'u', context());
      await a.service.unmount({ name: 'db' }, 'u', context());
      expect(hosts.cloud.volumes.get(only())?.attachments).toEqual([]);
    }
    expect(hosts.disks.violations).toEqual([]);
  });

  test.each([
    [
      'a foreign file system',
      { kind: 'foreign', what: 'an LVM physical volume' } as const,
      'an LVM physical volume',
    ],
    [
      'a partition table',
      { kind: 'foreign', what: 'a partition table (gpt)' } as const,
      'a partition table (gpt)',
    ],
  ])('%s is never formatted', async (_, content, what) => {
    await a.service.ensure('db', {}, context());
    const disk = hosts.cloud.volumes.get(only())?.disks[0]?.id ?? '';
    hosts.disks.contents.set(disk, content);
    const error = await rejection(a.service.mount({ name: 'db' }, 'u', context()));
    expect(error).toMatchObject({ code: 'conflict', problem: expect.stringContaining(what) as string });
    expect(hosts.disks.contents.get(disk)).toEqual(content);
    expect(hosts.cloud.volumes.get(only())?.attachments).toEqual([]);
  });

  test('one that was used before and seems blank now is never formatted', async () => {
    await a.service.ensure('db', {}, context());
    await a.service.mount({ name: 'db' }, 'u', context());
    await a.service.unmount({ name: 'db' }, 'u', context());
    expect(tagIn(hosts.cloud.volumes.get(only())?.description ?? '')?.used).toBe('filesystem');
    hosts.disks.contents.clear();
    expect((await rejection(b.service.mount({ name: 'db' }, 'u', context()))).problem).toMatch(
      /seems blank now/,
    );
    expect(hosts.disks.contents.size).toBe(0);
  });

  test('a caller that waits no longer: the mount is taken back; one that calls again joins it', async () => {
    await a.service.ensure('db', {}, context());
    let go = (): void => undefined;
    const gate = new Promise<void>((resolve) => (go = resolve));
    let reached = (): void => undefined;
    const formatting = new Promise<void>((resolve) => (reached = resolve));
    a.node.around = async (call) => {
      if (call !== 'format') return;
      reached();
      await gate;
    };
    const gaveUp = new AbortController();
    const first = rejection(a.service.mount({ name: 'db' }, 'u', context(gaveUp.signal)));
    await formatting;
    gaveUp.abort(failure('timeout', 'the engine waits no longer'));
    await first;
    const second = a.service.mount({ name: 'db' }, 'u', context());
    await new Promise(setImmediate);
    go();
    await second;
    expect(a.node.mounted.size).toBe(1);
    await a.service.unmount({ name: 'db' }, 'u', context());
    expect(a.node.mounted.size).toBe(0);
  });

  test('a file system that cannot be grown (ext4 without CAP_SYS_RESOURCE) is mounted all the same; each mount says so', async () => {
    const problem = 'resize2fs: Permission denied to resize filesystem';
    a.node.around = (call) => {
      if (call === 'growFilesystem') throw failure('permission-denied', problem);
    };
    await a.service.ensure('db', { filesystem: 'ext4' }, context());
    for (const user of ['u1', 'u2']) {
      const folder = await a.service.mount({ name: 'db' }, user, context());
      writeFileSync(join(folder, user), '');
      await a.service.unmount({ name: 'db' }, user, context());
    }
    expect(lines.filter((line) => line.includes(problem))).toHaveLength(2);
  });

  test('a busy mount stays, is no error for the engine, and goes later', async () => {
    await a.service.ensure('db', {}, context());
    const folder = await a.service.mount({ name: 'db' }, 'u', context());
    a.node.busy.add(join(folder, '..'));
    await a.service.unmount({ name: 'db' }, 'u', context());
    expect(a.node.mounted.size).toBe(1);
    a.node.busy.clear();
    while (a.node.mounted.size > 0) await new Promise(setImmediate);
  });

  test('after a restart of the host the users are gone, and new ones get it without a hand', async () => {
    await a.service.ensure('db', {}, context());
    await a.service.mount({ name: 'db' }, 'before', context());
    a.node.crash();
    a.restart();
    await a.service.mount({ name: 'db' }, 'after', context());
    await a.service.unmount({ name: 'db' }, 'after', context());
    expect(a.node.mounted.size).toBe(0);
  });
});

test('a record that cannot be understood is refused and stays as it is; others go on', async () => {
  const { id } = await a.service.ensure('db', {}, context());
  await a.service.ensure('other', {}, context());
  const path = join(a.folder, 'volumes', `${id}.json`);
  writeFileSync(path, '{"version":2}');
  expect((await rejection(a.service.mount({ id }, 'u', context()))).message).toMatch(/later version/);
  expect(readFileSync(path, 'utf8')).toBe('{"version":2}');
  expect(await a.service.known()).toMatchObject([{ name: 'other' }]);
  expect(statSync(join(a.folder, 'volumes')).mode & 0o777).toBe(0o700);
});

test('a list of a thousand volumes asks once for all of them, and once for each host that has some', async () => {
  const { id } = await a.service.ensure('db', {}, context());
  const description = hosts.cloud.volumes.get(id)?.description ?? '';
  for (let index = 1; index < 1000; index += 1) {
    const other = hosts.cloud.make({ name: `db-${index}`, description, sizeBytes: 10 * GIB });
    if (index % 2 === 0) await hosts.cloud.attachToVm(other, index % 4 === 0 ? 'vm-a' : 'vm-b');
  }
  const calls: string[] = [];
  hosts.cloud.around = (call) => {
    if (!call.endsWith(' after')) calls.push(call);
  };
  expect(await a.service.list({}, context())).toHaveLength(1000);
  expect(calls).toEqual(['list', 'findVm', 'findVm']);
});
