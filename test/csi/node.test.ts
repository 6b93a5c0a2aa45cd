import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { z } from 'zod';
import { OperationError } from '../../src/support/index.js';
import type { PublishRequest } from '../../src/volume/index.js';
import { SteppedClock } from '../support/stepped-clock.js';
import { MOUNT, serveFolders, type CsiClient, type Served } from './csi-client.js';

let served: Served;
let volumeId: string;
let staging: string;
let target: string;

beforeEach(async () => {
  served = await serveFolders();
  const answer = await served.client.call('CreateVolume', { name: 'db', volumeCapabilities: [MOUNT] });
  volumeId = z.object({ volume: z.object({ volumeId: z.string() }) }).parse(answer).volume.volumeId;
  staging = join(served.folder, 'data', 'staged', volumeId);
  target = join(served.folder, 'data', 'published', volumeId);
});
afterEach(() => {
  jest.restoreAllMocks();
  return served.dispose();
});

const publish = (changes: object = {}): Promise<unknown> =>
  served.client.call('NodePublishVolume', {
    volumeId,
    stagingTargetPath: staging,
    targetPath: target,
    volumeCapability: MOUNT,
    ...changes,
  });

function asked(): PublishRequest | undefined {
  return served.service.volumes.get(volumeId)?.targets.get(target);
}

describe('for Swarm, which asks for a volume on the next host before it has left the last one', () => {
  const HOLDER = 'vm/another';
  let clock: SteppedClock;
  let swarm: Served;
  let id: string;
  beforeEach(async () => {
    clock = new SteppedClock();
    swarm = await serveFolders({ role: 'swarm', clock });
    id = (await swarm.service.ensure('db', {})).id;
    hold(HOLDER);
  });
  afterEach(() => swarm.dispose());

  const stage = (client: CsiClient): Promise<unknown> =>
    client.call('NodeStageVolume', {
      volumeId: id,
      stagingTargetPath: join(swarm.folder, 'staged'),
      volumeCapability: MOUNT,
    });
  function hold(holder: string | undefined): void {
    const volume = swarm.service.volumes.get(id);
    if (volume !== undefined) volume.holder = holder;
  }

  test('staging waits until the other host lets go', async () => {
    const staged = stage(swarm.client);
    await clock.untilAsleep(1);
    await clock.pass(2);
    hold(undefined);
    await clock.until(staged, 1);
    expect(swarm.service.volumes.get(id)?.staged).toBe(join(swarm.folder, 'staged'));
  });

  test('and is refused, with the holder named, after 3 s: meanwhile Swarm starts and stops nothing on the node', async () => {
    const refusal = stage(swarm.client).catch((error: unknown) => error);
    expect(await clock.until(refusal, 1)).toMatchObject({
      code: status.FAILED_PRECONDITION,
      details: expect.stringContaining(HOLDER) as string,
    });
    expect(clock.now()).toBeGreaterThanOrEqual(3_000);
    expect(clock.now()).toBeLessThan(5_000);
  });

  test.each(['nowhere', 'here'])(
    'any other conflict of a volume that is held %s is one at once',
    async (where) => {
      hold(where === 'here' ? await swarm.service.nodeId() : undefined);
      const conflict = new OperationError({ code: 'conflict', attempted: 'stage', problem: 'not blank' });
      const staged = jest.spyOn(swarm.service, 'stage').mockRejectedValue(conflict);
      const refusal = stage(swarm.client).catch((error: unknown) => error);
      expect(await clock.until(refusal, 1)).toMatchObject({ code: status.FAILED_PRECONDITION });
      expect(staged).toHaveBeenCalledTimes(1);
    },
  );

  test('elsewhere a controller attaches, and staging does not wait', async () => {
    const own = await served.service.find({ id: volumeId });
    const volume = served.service.volumes.get(own?.id ?? '');
    if (volume !== undefined) volume.holder = HOLDER;
    const request = { volumeId, stagingTargetPath: staging, volumeCapability: MOUNT };
    expect(await served.client.refusal('NodeStageVolume', request)).toMatchObject({
      code: status.FAILED_PRECONDITION,
    });
    expect(served.service.calls.filter((call) => call.startsWith('stage'))).toHaveLength(1);
  });
});

describe('as Swarm calls it', () => {
  test('the last target takes the staging away, for NodeUnstageVolume never comes', async () => {
    await served.client.call('NodeStageVolume', {
      volumeId,
      stagingTargetPath: staging,
      volumeCapability: MOUNT,
    });
    expect(existsSync(staging)).toBe(true);
    await publish();
    await publish({ targetPath: `${target}-2` });
    writeFileSync(join(target, 'post'), 'hello');
    await served.client.call('NodeUnpublishVolume', { volumeId, targetPath: target });
    expect(existsSync(staging)).toBe(true);
    expect(readFileSync(join(`${target}-2`, 'post'), 'utf8')).toBe('hello');
    await served.client.call('NodeUnpublishVolume', { volumeId, targetPath: `${target}-2` });
    expect([target, `${target}-2`, staging].map((path) => existsSync(path))).toEqual([false, false, false]);
  });

  test('publishing works without staging, and without a staging path', async () => {
    await publish({ stagingTargetPath: '' });
    expect(asked()).toMatchObject({ stagingPath: join(served.folder, 'own-staging', volumeId) });
    await served.client.call('NodeUnpublishVolume', { volumeId, targetPath: target });
    await publish();
    expect(asked()).toMatchObject({ stagingPath: staging });
  });

  test('read-only sharing is read-only, though readonly is false', async () => {
    await publish({ volumeCapability: { mount: {}, accessMode: { mode: 'SINGLE_NODE_READER_ONLY' } } });
    expect(asked()).toMatchObject({ readOnly: true });
  });
});

test('what is asked gets through: file system, options, read-only, block device', async () => {
  await publish({
    volumeCapability: { ...MOUNT, mount: { fsType: 'ext4', mountFlags: ['noatime'] } },
    readonly: true,
  });
  expect(asked()).toEqual({
    stagingPath: staging,
    targetPath: target,
    filesystem: { type: 'ext4', mountOptions: ['noatime'] },
    readOnly: true,
    exclusive: false,
  });
  await served.client.call('NodeUnpublishVolume', { volumeId, targetPath: target });
  await publish({ volumeCapability: { block: {}, accessMode: MOUNT.accessMode } });
  expect(asked()).toMatchObject({ filesystem: undefined, readOnly: false });
});

test('a single writer has one target', async () => {
  const volumeCapability = { ...MOUNT, accessMode: { mode: 'SINGLE_NODE_SINGLE_WRITER' } };
  await publish({ volumeCapability });
  await publish({ volumeCapability });
  const second = { volumeId, stagingTargetPath: staging, targetPath: `${target}-2`, volumeCapability };
  expect(await served.client.refusal('NodePublishVolume', second)).toMatchObject({
    code: status.FAILED_PRECONDITION,
  });
});

test('the use of a file system, of a block device, and of what is not there', async () => {
  await publish();
  expect(await served.client.call('NodeGetVolumeStats', { volumeId, volumePath: target })).toEqual({
    usage: [
      { unit: 'BYTES', total: 2 ** 30, used: 4_096, available: 2 ** 30 - 4_096 },
      { unit: 'INODES', total: 1_000, used: 10, available: 990 },
    ],
  });
  jest.spyOn(served.service, 'use').mockResolvedValueOnce({ deviceBytes: 5_000 });
  expect(await served.client.call('NodeGetVolumeStats', { volumeId, volumePath: target })).toEqual({
    usage: [{ unit: 'BYTES', total: 5_000, used: 0, available: 0 }],
  });
  const elsewhere = { volumeId, volumePath: '/somewhere/else' };
  expect(await served.client.refusal('NodeGetVolumeStats', elsewhere)).toMatchObject({
    code: status.NOT_FOUND,
  });
  expect(await served.client.refusal('NodeExpandVolume', elsewhere)).toMatchObject({
    code: status.NOT_FOUND,
  });
  expect(await served.client.call('NodeExpandVolume', { volumeId, volumePath: target })).toEqual({
    capacityBytes: 2 ** 30,
  });
});

test.each<[string, object, string]>([
  [
    'NodeStageVolume',
    { stagingTargetPath: 'relative', volumeCapability: MOUNT },
    'staging_target_path must be a full path',
  ],
  ['NodeStageVolume', { stagingTargetPath: '/s' }, 'volume_capability has to be given'],
  ['NodePublishVolume', { targetPath: '', volumeCapability: MOUNT }, 'target_path has to be given'],
  ['NodeUnpublishVolume', { targetPath: 'relative' }, 'target_path must be a full path'],
  ['NodeGetVolumeStats', { volumePath: '' }, 'volume_path has to be given'],
])('%s with %p is refused', async (call, request, problem) => {
  expect(await served.client.refusal(call, { volumeId, ...request })).toEqual({
    code: status.INVALID_ARGUMENT,
    details: expect.stringContaining(problem) as string,
  });
});

test('NodeGetInfo tells who this host is', async () => {
  expect(await served.client.call('NodeGetInfo')).toEqual({
    nodeId: await served.service.nodeId(),
    maxVolumesPerNode: 0,
    accessibleTopology: null,
  });
});
