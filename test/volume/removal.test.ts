import { join } from 'node:path';
import { OperationError } from '../../src/support/index.js';
import type { PublishRequest } from '../../src/volume/index.js';
import { callContext as context } from './memory-cloud.js';
import { MemoryHosts, type MemoryHost } from './memory-hosts.js';

const GIB = 1024 ** 3;

let hosts: MemoryHosts;
let a: MemoryHost;
let b: MemoryHost;
beforeEach(() => {
  hosts = new MemoryHosts();
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

/** The id of the only volume group. */
function only(): string {
  const [id = '', ...others] = [...hosts.cloud.volumes.keys()];
  expect(others).toEqual([]);
  return id;
}

describe('removal', () => {
  test('keeps the volume for the grace time; restored, or purged when that is over', async () => {
    const { id } = await a.service.ensure('db', {}, context());
    await a.service.remove({ name: 'db' }, undefined, context());
    await a.service.remove({ name: 'db' }, undefined, context());
    expect(await a.service.find({ name: 'db' }, context())).toBeUndefined();
    expect(await a.service.list({}, context())).toEqual([]);
    expect(await a.service.list({ removed: true }, context())).toMatchObject([
      { id, name: 'db', removed: { keptUntil: new Date('2026-11-30T03:42:00Z') } },
    ]);
    expect((await rejection(a.service.mount({ id }, 'u', context()))).message).toMatch(
      /nutanix-volume restore/,
    );
    expect(await a.service.purge(undefined, context())).toEqual([]);
    expect(await a.service.restore({ name: 'db' }, context())).toMatchObject({
      id,
      name: 'db',
      removed: undefined,
    });
    await a.service.remove({ name: 'db' }, undefined, context());
    hosts.now = new Date('2026-11-30T03:42:01Z');
    expect(await b.service.purge(undefined, context())).toEqual(['db.removed-20261129T034200Z']);
    expect(hosts.cloud.volumes.size).toBe(0);
  });

  test('what is attached is never removed, whoever has it', async () => {
    await a.service.ensure('db', {}, context());
    await a.service.mount({ name: 'db' }, 'u', context());
    for (const { service } of [a, b]) {
      for (const how of ['keep', 'delete'] as const) {
        expect((await rejection(service.remove({ name: 'db' }, how, context()))).code).toBe('conflict');
      }
    }
    expect(hosts.cloud.volumes.get(only())?.name).toBe('db');
  });

  test('a volume group that has such a name by chance is not purged', async () => {
    hosts.cloud.make({ name: 'x.removed-20200101T000000Z', description: 'mine', sizeBytes: GIB });
    expect(await a.service.purge(undefined, context())).toEqual([]);
    only();
  });

  test('a host that attaches it in the middle of a removal: one of the two gives way', async () => {
    await a.service.ensure('db', {}, context());
    const tried = await Promise.allSettled([
      a.service.remove({ name: 'db' }, undefined, context()),
      b.service.mount({ name: 'db' }, 'u', context()),
    ]);
    expect(tried.map(({ status }) => status)).toContain('rejected');
    const [volume] = [...hosts.cloud.volumes.values()];
    if (b.node.mounted.size > 0) expect(volume?.name).toBe('db');
    else expect(volume?.attachments).toEqual([]);
  });
});

describe('copies, snapshots, growth', () => {
  test('a clone holds what its original is made for, and may be larger', async () => {
    await a.service.ensure('db', { filesystem: 'ext4', sizeBytes: GIB }, context());
    const said: string[] = [];
    await a.service.mount({ name: 'db' }, 'u', context());
    const progress = (line: string): void => void said.push(line);
    const copy = await a.service.ensure(
      'copy',
      { from: 'db', sizeBytes: 2 * GIB },
      { ...context(), progress },
    );
    expect(copy).toMatchObject({ sizeBytes: 2 * GIB, filesystem: 'ext4' });
    expect(said.join('\n')).toContain('crash-consistent');
    const smaller = { from: 'db', sizeBytes: GIB / 2 };
    expect((await rejection(a.service.ensure('small', smaller, context()))).code).toBe('invalid-input');
  });

  test('snapshots by name, and a volume from one', async () => {
    await a.service.ensure('db', { sizeBytes: GIB }, context());
    const made = await a.service.createSnapshot({ name: 'db' }, 's1', context());
    expect(await b.service.createSnapshot({ name: 'db' }, 's1', context())).toEqual(made);
    expect(
      await b.service.ensure('old', { fromSnapshot: 's1', sizeBytes: 2 * GIB }, context()),
    ).toMatchObject({
      sizeBytes: 2 * GIB,
    });
    await a.service.deleteSnapshot(made.id, context());
    expect(await a.service.listSnapshots({ name: 'db' }, context())).toEqual([]);
  });

  test('growth is known to the next mount', async () => {
    await a.service.ensure('db', { sizeBytes: GIB }, context());
    expect(await a.service.grow({ name: 'db' }, 2 * GIB, context())).toMatchObject({ sizeBytes: 2 * GIB });
    expect(await a.service.list({}, context())).toMatchObject([{ sizeBytes: 2 * GIB }]);
  });
});

describe('staging', () => {
  const paths = (): { readonly stagingPath: string; readonly targetPath: string } => ({
    stagingPath: join(a.folder, 'staging'),
    targetPath: join(a.folder, 'target'),
  });

  test('published without being staged; the last unpublish undoes all, twice is success', async () => {
    await a.service.ensure('db', {}, context());
    const request = { ...paths(), readOnly: false, filesystem: { mountOptions: [] } };
    await a.service.publish({ name: 'db' }, request, context());
    await a.service.publish({ name: 'db' }, request, context());
    expect([...a.node.binds.keys()]).toEqual(expect.arrayContaining(Object.values(paths())));
    const other = { ...request, targetPath: join(a.folder, 'other'), exclusive: true };
    expect((await rejection(a.service.publish({ name: 'db' }, other, context()))).code).toBe('conflict');
    expect(await a.service.use({ name: 'db' }, request.targetPath)).toMatchObject({ deviceBytes: 10 * GIB });
    await a.service.unpublish({ name: 'db' }, request.targetPath, context());
    await a.service.unpublish({ name: 'db' }, request.targetPath, context());
    expect([a.node.binds.size, a.node.mounted.size]).toEqual([0, 0]);
    expect(hosts.cloud.volumes.get(only())?.attachments).toEqual([]);
  });

  test('a volume that a controller attached is left to it; one that was a block device is never formatted', async () => {
    await a.service.ensure('db', {}, context());
    await b.service.attach({ name: 'db' }, await a.service.nodeId(), context());
    const { stagingPath } = paths();
    await a.service.stage({ name: 'db' }, { stagingPath }, context());
    await a.service.unstage({ name: 'db' }, stagingPath, context());
    expect(hosts.cloud.volumes.get(only())?.attachments).toHaveLength(1);
    const asFiles = { stagingPath, filesystem: { type: 'xfs' as const, mountOptions: [] } };
    expect((await rejection(a.service.stage({ name: 'db' }, asFiles, context()))).problem).toMatch(
      /block device before/,
    );
    await b.service.detach({ name: 'db' }, 'vm/vm-a', context());
    await b.service.detach({ name: 'db' }, 'vm/vm-a', context());
    expect(hosts.cloud.volumes.get(only())?.attachments).toEqual([]);
  });

  /** Resolves when the turns of the volume are over that have begun before. */
  const nextTurn = async (): Promise<void> =>
    await a.service.unstage({ id: only() }, join(a.folder, 'never staged'), context());

  test.each(['found attached', 'in a record of a host that left it to a controller'])(
    'a host that detaches all gives back what it %s',
    async (how) => {
      await a.service.ensure('db', {}, context());
      await b.service.attach({ name: 'db' }, await a.service.nodeId(), context());
      const { stagingPath } = paths();
      const asFiles = { stagingPath, filesystem: { mountOptions: [] } };
      if (how !== 'found attached') await a.service.stage({ name: 'db' }, asFiles, context());
      const service = a.restart({ detachesAll: true });
      await service.stage({ name: 'db' }, asFiles, context());
      await service.unstage({ name: 'db' }, stagingPath, context());
      await nextTurn();
      expect(hosts.cloud.volumes.get(only())?.attachments).toEqual([]);
      await b.service.stage({ name: 'db' }, asFiles, context());
    },
  );

  describe('where no controller attaches, the last unpublish leaves nothing of the volume on the host', () => {
    const wanted = (): PublishRequest => ({
      ...paths(),
      readOnly: false,
      filesystem: { mountOptions: [] },
    });
    const unpublish = async (): Promise<void> => {
      await a.service.unpublish({ id: only() }, paths().targetPath, context());
      await nextTurn();
    };
    async function expectNothingLeft(): Promise<void> {
      expect([a.node.binds.size, a.node.mounted.size]).toEqual([0, 0]);
      expect(hosts.cloud.volumes.get(only())?.attachments).toEqual([]);
      await b.service.stage({ id: only() }, wanted(), context());
    }
    beforeEach(async () => {
      await b.service.ensure('db', {}, context());
      a.restart({ detachesAll: true });
    });

    test('that was attached by hand, or by a controller of before, and never staged', async () => {
      await b.service.attach({ id: only() }, await a.service.nodeId(), context());
      await unpublish();
      await expectNothingLeft();
    });

    test('that was staged and could not be published', async () => {
      await a.service.stage({ id: only() }, wanted(), context());
      await unpublish();
      await expectNothingLeft();
    });

    test('that an earlier version has unmounted and left to its controller', async () => {
      await b.service.attach({ id: only() }, await a.service.nodeId(), context());
      a.restart();
      await a.service.publish({ id: only() }, wanted(), context());
      await unpublish();
      expect(hosts.cloud.volumes.get(only())?.attachments).toHaveLength(1);
      a.restart({ detachesAll: true });
      await unpublish();
      await expectNothingLeft();
    });

    test('but what is published at another target stays', async () => {
      await a.service.publish({ id: only() }, wanted(), context());
      await a.service.publish({ id: only() }, { ...wanted(), targetPath: join(a.folder, 'b') }, context());
      await unpublish();
      expect(hosts.cloud.volumes.get(only())?.attachments).toHaveLength(1);
      await a.service.unpublish({ id: only() }, join(a.folder, 'b'), context());
      await nextTurn();
      await expectNothingLeft();
    });

    test('and its caller is answered before it is given back, which Prism may take long for', async () => {
      await a.service.publish({ id: only() }, wanted(), context());
      let letGo = (): void => undefined;
      const gate = new Promise<void>((resolve) => (letGo = resolve));
      hosts.cloud.around = async (call) => (call === 'detach' ? await gate : undefined);
      await a.service.unpublish({ id: only() }, paths().targetPath, context());
      expect(hosts.cloud.volumes.get(only())?.attachments).toHaveLength(1);
      letGo();
      await nextTurn();
      await expectNothingLeft();
    });

    test('and a volume that is not there is success', async () => {
      await a.service.unpublish({ id: 'gone' }, paths().targetPath, context());
    });
  });
});
