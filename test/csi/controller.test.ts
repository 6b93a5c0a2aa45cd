import { randomUUID } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import { z } from 'zod';
import { pageOf } from '../../src/csi/list-pages.js';
import { MOUNT, serveFolders, type Served } from './csi-client.js';

const GIB = 2 ** 30;
let served: Served;
beforeEach(async () => {
  served = await serveFolders();
});
afterEach(() => served.dispose());

const volumeShape = z.object({
  volume: z.object({ volumeId: z.string(), capacityBytes: z.number(), contentSource: z.unknown() }),
});

async function create(name: string, changes: object = {}): Promise<z.infer<typeof volumeShape>['volume']> {
  const request = { name, volumeCapabilities: [MOUNT], ...changes };
  return volumeShape.parse(await served.client.call('CreateVolume', request)).volume;
}

const range = (requiredBytes: number, limitBytes = 0): object => ({
  capacityRange: { requiredBytes, limitBytes },
});

describe('CreateVolume', () => {
  test.each([
    ['no range', 0, 0, GIB],
    ['at least 3 GiB', 3 * GIB, 0, 3 * GIB],
    ['exactly 2 GiB', 2 * GIB, 2 * GIB, 2 * GIB],
    ['2 to 5 GiB', 2 * GIB, 5 * GIB, 2 * GIB],
    ['at most 2 GiB', 0, 2 * GIB, 2 * GIB],
  ])('with %s', async (_what, required, limit, bytes) => {
    expect(await create('db', range(required, limit))).toMatchObject({ capacityBytes: bytes });
  });

  test.each([
    ['the same again', range(2 * GIB, 2 * GIB), undefined],
    ['a range that it lies in', range(GIB, 3 * GIB), undefined],
    ['no range', {}, undefined],
    ['more than it has', range(3 * GIB), status.ALREADY_EXISTS],
    ['a limit below what it has', range(GIB, GIB), status.ALREADY_EXISTS],
    [
      'another content',
      { volumeContentSource: { volume: { volumeId: randomUUID() } } },
      status.ALREADY_EXISTS,
    ],
  ])('of one that exists, with %s', async (_what, changes, code) => {
    const first = await create('db', range(2 * GIB, 2 * GIB));
    const again = { name: 'db', volumeCapabilities: [MOUNT], ...changes };
    if (code === undefined) expect(await create('db', changes)).toEqual(first);
    else expect(await served.client.refusal('CreateVolume', again)).toMatchObject({ code });
  });

  test.each<[string, object, string]>([
    ['no name', { name: '' }, 'name has to be given'],
    ['a name of 129 bytes', { name: 'x'.repeat(129) }, 'at most 128 bytes'],
    ['no capabilities', { volumeCapabilities: [] }, 'volume_capabilities have to be given'],
    ['a limit below the size', range(2, 1), 'required_bytes 2 is more than limit_bytes 1'],
    ['a negative size', range(-1), 'must not be negative'],
    [
      'a capability without a way',
      { volumeCapabilities: [{ accessMode: MOUNT.accessMode }] },
      'neither block nor mount',
    ],
    [
      'several writers',
      { volumeCapabilities: [{ ...MOUNT, accessMode: { mode: 'MULTI_NODE_MULTI_WRITER' } }] },
      'access_mode MULTI_NODE_MULTI_WRITER is not possible',
    ],
    [
      'a mode of the future',
      { volumeCapabilities: [{ ...MOUNT, accessMode: { mode: 99 } }] },
      'access_mode 99 is not possible',
    ],
    ['no mode', { volumeCapabilities: [{ mount: {} }] }, 'access_mode none is not possible'],
    [
      'a file system that it has not',
      { volumeCapabilities: [{ ...MOUNT, mount: { fsType: 'btrfs' } }] },
      'fs_type "btrfs"',
    ],
    [
      'two file systems',
      { volumeCapabilities: [{ ...MOUNT, mount: { fsType: 'xfs' } }], parameters: { fs: 'ext4' } },
      'xfs and ext4 at once',
    ],
    [
      'a group',
      { volumeCapabilities: [{ ...MOUNT, mount: { volumeMountGroup: '7' } }] },
      'volume_mount_group',
    ],
    [
      'a parameter that is none',
      { parameters: { sise: '1G' } },
      'there is no option sise; did you mean size?',
    ],
    ['mutable parameters', { mutableParameters: { iops: '1' } }, 'mutable_parameters are not possible'],
    [
      'two contents',
      { parameters: { from: 'x' }, volumeContentSource: { volume: { volumeId: randomUUID() } } },
      'say both what it begins with',
    ],
  ])('with %s is refused before anything is asked', async (_what, changes, problem) => {
    const request = { name: 'db', volumeCapabilities: [MOUNT], ...changes };
    expect(await served.client.refusal('CreateVolume', request)).toEqual({
      code: status.INVALID_ARGUMENT,
      details: expect.stringContaining(problem) as string,
    });
    expect(served.service.calls).toEqual([]);
  });

  test('takes names of 128 bytes, options as parameters, and what Kubernetes adds', async () => {
    const name = 'ä'.repeat(64);
    const parameters = { size: '3G', 'csi.storage.k8s.io/pvc/name': 'claim' };
    expect(await create(name, { parameters })).toMatchObject({ capacityBytes: 3 * GIB });
    expect(served.service.calls).toEqual([`ensure ${name}`]);
  });

  test('a size that no disk has is OUT_OF_RANGE', async () => {
    const request = { name: 'db', volumeCapabilities: [MOUNT], ...range(2 ** 60) };
    expect(await served.client.refusal('CreateVolume', request)).toMatchObject({ code: status.OUT_OF_RANGE });
  });

  test.each([
    ['volume', { volume: { volumeId: 'db' } }],
    ['snapshot', { snapshot: { snapshotId: 'before' } }],
    ['volume that is gone', { volume: { volumeId: randomUUID() } }],
  ])('from a %s that cannot be is NOT_FOUND', async (_what, volumeContentSource) => {
    const request = { name: 'db', volumeCapabilities: [MOUNT], volumeContentSource };
    expect(await served.client.refusal('CreateVolume', request)).toMatchObject({ code: status.NOT_FOUND });
  });
});

describe('a volume by an id', () => {
  test.each<[string, object]>([
    ['ControllerPublishVolume', { nodeId: `vm/${randomUUID()}`, volumeCapability: MOUNT }],
    ['ValidateVolumeCapabilities', { volumeCapabilities: [MOUNT] }],
    ['ControllerExpandVolume', range(GIB)],
    ['ControllerGetVolume', {}],
    ['NodeStageVolume', { stagingTargetPath: '/s', volumeCapability: MOUNT }],
    ['NodePublishVolume', { stagingTargetPath: '/s', targetPath: '/t', volumeCapability: MOUNT }],
    ['NodeGetVolumeStats', { volumePath: '/t' }],
    ['NodeExpandVolume', { volumePath: '/t' }],
  ])('%s says NOT_FOUND for one that is gone, removed, or a name', async (call, request) => {
    const { volumeId: removed } = await create('removed');
    await served.client.call('DeleteVolume', { volumeId: removed });
    for (const volumeId of [removed, randomUUID(), 'db'])
      expect(await served.client.refusal(call, { volumeId, ...request })).toMatchObject({
        code: status.NOT_FOUND,
      });
    expect((await served.client.refusal(call, { volumeId: 'db', ...request })).details).toContain('Swarm');
  });

  test.each(['DeleteVolume', 'ControllerUnpublishVolume'])('%s takes what is gone for done', async (call) => {
    for (const volumeId of [randomUUID(), 'db'])
      expect(await served.client.call(call, { volumeId })).toEqual({});
  });

  test('that is attached is not deleted', async () => {
    const { volumeId } = await create('db');
    const nodeId = await served.service.nodeId();
    await served.client.call('ControllerPublishVolume', { volumeId, nodeId, volumeCapability: MOUNT });
    expect(await served.client.refusal('DeleteVolume', { volumeId })).toMatchObject({
      code: status.FAILED_PRECONDITION,
    });
    const other = { volumeId, nodeId: `vm/${randomUUID()}`, volumeCapability: MOUNT };
    expect(await served.client.refusal('ControllerPublishVolume', other)).toMatchObject({
      code: status.FAILED_PRECONDITION,
    });
    expect(await served.client.call('ControllerGetVolume', { volumeId })).toMatchObject({
      status: { publishedNodeIds: [nodeId] },
    });
    await served.client.call('ControllerUnpublishVolume', { volumeId, nodeId });
    expect(await served.client.call('DeleteVolume', { volumeId })).toEqual({});
  });

  test('is not taken from its node by a request that names none, as Swarm sends for nodes that it removed', async () => {
    const { volumeId } = await create('db');
    const nodeId = await served.service.nodeId();
    await served.client.call('ControllerPublishVolume', { volumeId, nodeId, volumeCapability: MOUNT });
    expect(await served.client.refusal('ControllerUnpublishVolume', { volumeId })).toEqual({
      code: status.FAILED_PRECONDITION,
      details: expect.stringContaining(`node ${nodeId} may be using it`) as string,
    });
    await served.client.call('ControllerUnpublishVolume', { volumeId, nodeId: `vm/${randomUUID()}` });
    expect(served.service.volumes.get(volumeId)?.holder).toBe(nodeId);
    await served.client.call('ControllerUnpublishVolume', { volumeId, nodeId });
    expect(await served.client.call('ControllerUnpublishVolume', { volumeId })).toEqual({});
  });

  test('a node that cannot be is NOT_FOUND', async () => {
    const { volumeId } = await create('db');
    for (const nodeId of ['web-1', 'vm/web-1', `vm/${randomUUID()}`]) {
      const request = { volumeId, nodeId, volumeCapability: MOUNT };
      expect(await served.client.refusal('ControllerPublishVolume', request)).toMatchObject({
        code: status.NOT_FOUND,
      });
    }
  });

  test('ControllerPublishVolume takes what Swarm sends: no file system, not read-only', async () => {
    const { volumeId } = await create('db');
    const volumeCapability = { mount: { fsType: '' }, accessMode: { mode: 'SINGLE_NODE_READER_ONLY' } };
    const request = { volumeId, nodeId: await served.service.nodeId(), volumeCapability, readonly: false };
    expect(await served.client.call('ControllerPublishVolume', request)).toEqual({ publishContext: {} });
  });

  test('grows, and never shrinks', async () => {
    const { volumeId } = await create('db', range(2 * GIB));
    const grow = (changes: object): object => ({ volumeId, ...changes });
    expect(await served.client.call('ControllerExpandVolume', grow(range(3 * GIB)))).toEqual({
      capacityBytes: 3 * GIB,
      nodeExpansionRequired: true,
    });
    expect(await served.client.call('ControllerExpandVolume', grow(range(GIB)))).toMatchObject({
      capacityBytes: 3 * GIB,
    });
    expect(await served.client.refusal('ControllerExpandVolume', grow(range(GIB, 2 * GIB)))).toMatchObject({
      code: status.OUT_OF_RANGE,
    });
    expect(await served.client.refusal('ControllerExpandVolume', grow({}))).toMatchObject({
      code: status.INVALID_ARGUMENT,
    });
  });

  test('capabilities that it cannot have are not confirmed, with the reason', async () => {
    const { volumeId } = await create('db');
    const shared = { ...MOUNT, accessMode: { mode: 'MULTI_NODE_MULTI_WRITER' } };
    const request = { volumeId, volumeCapabilities: [MOUNT, shared] };
    expect(await served.client.call('ValidateVolumeCapabilities', request)).toEqual({
      confirmed: null,
      message: expect.stringContaining('MULTI_NODE_MULTI_WRITER is not possible') as string,
    });
  });
});

describe('lists', () => {
  const listShape = z.object({
    entries: z.array(z.object({ volume: z.object({ volumeId: z.string() }) })),
    nextToken: z.string(),
  });

  test('volumes page by page, though some go and come meanwhile', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) await create(name);
    const seen: string[] = [];
    let startingToken = '';
    do {
      const page = listShape.parse(await served.client.call('ListVolumes', { maxEntries: 2, startingToken }));
      expect(page.entries.length).toBeLessThanOrEqual(2);
      seen.push(...page.entries.map(({ volume }) => volume.volumeId));
      const last = seen.at(-1) ?? '';
      await served.client.call('DeleteVolume', { volumeId: last });
      startingToken = page.nextToken;
    } while (startingToken !== '');
    expect(seen).toHaveLength(5);
    expect(new Set(seen)).toEqual(new Set(served.service.volumes.keys()));
  });

  test.each(['ListVolumes', 'ListSnapshots'])('%s: a token that was never given is ABORTED', async (call) => {
    const refusal = await served.client.refusal(call, { startingToken: 'after:all' });
    expect(refusal).toMatchObject({ code: status.ABORTED });
    expect(await served.client.refusal(call, { maxEntries: -1 })).toMatchObject({
      code: status.INVALID_ARGUMENT,
    });
  });

  test('more than a message holds come in pages, though none were asked for', () => {
    const all = Array.from({ length: 25_000 }, () => ({ id: randomUUID() }));
    const pages = [pageOf(all, { maxEntries: 0, startingToken: '' })];
    for (let token = pages[0]?.nextToken ?? ''; token !== ''; token = pages.at(-1)?.nextToken ?? '')
      pages.push(pageOf(all, { maxEntries: 0, startingToken: token }));
    expect(pages.map(({ entries }) => entries.length)).toEqual([10_000, 10_000, 5_000]);
  });

  test('how much is free, and that it is not known', async () => {
    expect(await served.client.call('GetCapacity')).toMatchObject({ availableCapacity: 2 ** 40 });
    served.service.free = undefined;
    expect(await served.client.refusal('GetCapacity')).toMatchObject({ code: status.FAILED_PRECONDITION });
  });
});

describe('snapshots', () => {
  test('are made once by name, and told with their time to the millisecond', async () => {
    const { volumeId: sourceVolumeId } = await create('db', range(2 * GIB));
    const first = await served.client.call('CreateSnapshot', { sourceVolumeId, name: 'before' });
    expect(await served.client.call('CreateSnapshot', { sourceVolumeId, name: 'before' })).toEqual(first);
    const [snapshot] = served.service.snapshots.values();
    const ms = snapshot?.madeAt?.getTime() ?? 0;
    expect(first).toMatchObject({
      snapshot: {
        sizeBytes: 2 * GIB,
        sourceVolumeId,
        readyToUse: true,
        creationTime: { seconds: Math.floor(ms / 1000), nanos: (ms % 1000) * 1e6 },
      },
    });
    const { volumeId: other } = await create('other');
    const refusal = await served.client.refusal('CreateSnapshot', { sourceVolumeId: other, name: 'before' });
    expect(refusal).toMatchObject({ code: status.ALREADY_EXISTS });
  });

  test('that is not there', async () => {
    for (const snapshotId of [randomUUID(), 'before']) {
      expect(await served.client.call('DeleteSnapshot', { snapshotId })).toEqual({});
      expect(await served.client.call('ListSnapshots', { snapshotId })).toMatchObject({ entries: [] });
      expect(await served.client.refusal('GetSnapshot', { snapshotId })).toMatchObject({
        code: status.NOT_FOUND,
      });
    }
    for (const sourceVolumeId of [randomUUID(), 'db'])
      expect(await served.client.call('ListSnapshots', { sourceVolumeId })).toMatchObject({ entries: [] });
  });
});
