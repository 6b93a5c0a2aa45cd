import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { z } from 'zod';
import {
  isSkippedTest,
  resultsIn,
  sanityFlags,
  sanityTests,
  type SanityResult,
} from '../../interop/csi/sanity.js';
import { startSimulator, type Simulator } from '../simulator.js';
import { CsiHost } from './csi-host.js';
import { describeWith, startTestEngine } from './engine.js';

jest.setTimeout(600_000);

const GIB = 2 ** 30;
const engine = startTestEngine();
const folder = mkdtempSync(join(tmpdir(), 'csi-driver-'));
afterAll(() => {
  engine?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const capability = (fsType: string, mode = 'SINGLE_NODE_WRITER'): object => ({
  mount: { fsType, mountFlags: [] },
  accessMode: { mode },
});
const BLOCK = { block: {}, accessMode: { mode: 'SINGLE_NODE_WRITER' } };
/** Where csi-sanity writes its report in the guest: not in /tmp, which is in memory there, so that nothing can be copied out of it. */
const REPORT = '/var/tmp/report.json';
const createdShape = z.object({ volume: z.object({ volumeId: z.string() }) });
const snapshotShape = z.object({ snapshot: z.object({ snapshotId: z.string() }) });

/**
 * The driver as it is shipped, in guests that have real disks, on the simulated Prism Central: csi-sanity, which proves the
 * interface, and what lies on the disks, which it does not look at.
 */
describeWith(engine)('the CSI driver in guests', () => {
  let simulator: Simulator;
  let one: CsiHost;
  let two: CsiHost;
  const hosts: CsiHost[] = [];

  beforeAll(async () => {
    if (engine === undefined) return;
    simulator = await startSimulator({ dockerHost: engine.dockerHost, everyApi: true, host: '0.0.0.0' });
    for (const name of ['web-1', 'web-2']) hosts.push(await CsiHost.start(engine, simulator, name, folder));
    [one, two] = hosts as [CsiHost, CsiHost];
  });
  afterAll(async () => {
    for (const host of hosts) host.client.close();
    await simulator.stop();
    expect(engine?.left()).toBe('');
  });

  async function create(name: string, volumeCapability: object, changes: object = {}): Promise<string> {
    const request = {
      name,
      volumeCapabilities: [volumeCapability],
      capacityRange: { requiredBytes: GIB },
      ...changes,
    };
    return createdShape.parse(await one.client.call('CreateVolume', request)).volume.volumeId;
  }

  const paths = (volumeId: string): { stagingTargetPath: string; targetPath: string } => ({
    stagingTargetPath: `/data/staged/${volumeId}`,
    targetPath: `/data/published/${volumeId}`,
  });

  /** Attaches, stages and publishes; resolves with the target. */
  async function publish(
    host: CsiHost,
    volumeId: string,
    volumeCapability: object,
    changes: object = {},
  ): Promise<string> {
    await host.client.call('ControllerPublishVolume', { volumeId, nodeId: host.nodeId, volumeCapability });
    const { stagingTargetPath, targetPath } = paths(volumeId);
    await host.client.call('NodeStageVolume', { volumeId, stagingTargetPath, volumeCapability });
    const request = { volumeId, stagingTargetPath, targetPath, volumeCapability, ...changes };
    await host.client.call('NodePublishVolume', request);
    return targetPath;
  }

  /** As Swarm does: without unstaging. */
  async function unpublish(host: CsiHost, volumeId: string): Promise<void> {
    await host.client.call('NodeUnpublishVolume', { volumeId, targetPath: paths(volumeId).targetPath });
    await host.client.call('ControllerUnpublishVolume', { volumeId, nodeId: host.nodeId });
  }

  const disksOf = (host: CsiHost): string => host.run('lsblk -dno NAME | xargs');
  const leftIn = (host: CsiHost): string =>
    host.run(
      "grep -c ' /data/' /proc/mounts || true; find /data/staged /data/published -mindepth 1 2>/dev/null || true",
    );

  test('a node is the VM that it is', async () => {
    expect(await one.client.call('NodeGetInfo')).toMatchObject({ nodeId: one.nodeId });
    expect(await two.client.call('NodeGetInfo')).toMatchObject({ nodeId: two.nodeId });
  });

  describe.each(['xfs', 'ext4'])('a volume with %s', (type) => {
    const mount = capability(type);
    let db: string;

    test('what is written on one node is there on the other, and nothing is left behind', async () => {
      const before = disksOf(one);
      db = await create(`db-${type}`, mount);
      const target = await publish(one, db, mount);
      expect(one.run(`findmnt -rno FSTYPE ${target}`)).toBe(type);
      one.run(`head -c 20000000 /dev/urandom >${target}/blob; echo post >${target}/post`);
      const sum = one.run(`b2sum <${target}/blob`);
      const held = { volumeId: db, nodeId: two.nodeId, volumeCapability: mount };
      expect(await two.client.refusal('ControllerPublishVolume', held)).toEqual({
        code: status.FAILED_PRECONDITION,
        details: expect.stringContaining('web-1') as string,
      });
      await unpublish(one, db);
      expect(leftIn(one)).toBe('0');
      expect(disksOf(one)).toBe(before);
      const moved = await publish(two, db, mount);
      expect(two.run(`cat ${moved}/post; b2sum <${moved}/blob`)).toBe(`post\n${sum}`);
    });

    test('read-only sharing cannot be written, though readonly is false', async () => {
      await unpublish(two, db);
      const target = await publish(two, db, capability(type, 'SINGLE_NODE_READER_ONLY'));
      expect(two.run(`cat ${target}/post; touch ${target}/x 2>&1 || true`)).toContain(
        'Read-only file system',
      );
      await unpublish(two, db);
    });

    test('copies hold what their source held, and live their own lives', async () => {
      const { snapshot } = snapshotShape.parse(
        await one.client.call('CreateSnapshot', { sourceVolumeId: db, name: `before-${type}` }),
      );
      const target = await publish(one, db, mount);
      one.run(`echo later >${target}/post; sync`);
      await unpublish(one, db);
      const clone = await create(`clone-${type}`, mount, {
        volumeContentSource: { volume: { volumeId: db } },
      });
      const restored = await create(`restored-${type}`, mount, {
        volumeContentSource: { snapshot: { snapshotId: snapshot.snapshotId } },
      });
      const cloneAt = await publish(two, clone, mount);
      expect(two.run(`cat ${cloneAt}/post; echo clone >${cloneAt}/post`)).toBe('later');
      await unpublish(two, clone);
      const restoredAt = await publish(two, restored, mount);
      expect(two.run(`cat ${restoredAt}/post`)).toBe('post');
      await unpublish(two, restored);
      const again = await publish(one, db, mount);
      expect(one.run(`cat ${again}/post`)).toBe('later');
      await unpublish(one, db);
      for (const volumeId of [clone, restored]) await one.client.call('DeleteVolume', { volumeId });
      await one.client.call('DeleteSnapshot', { snapshotId: snapshot.snapshotId });
    });

    test('its file system has no fault', async () => {
      await publish(one, db, BLOCK).then((device) => {
        const check = type === 'xfs' ? 'xfs_repair -n' : 'e2fsck -fn';
        expect(one.run(`${check} ${device} 2>&1; echo status $?`)).toMatch(/status 0$/);
      });
      await unpublish(one, db);
      await one.client.call('DeleteVolume', { volumeId: db });
    });
  });

  test('a volume grows while it is mounted', async () => {
    const mount = capability('xfs');
    const volumeId = await create('grows', mount);
    const volumePath = await publish(one, volumeId, mount);
    one.run(`echo kept >${volumePath}/file`);
    const capacityRange = { requiredBytes: 2 * GIB };
    await one.client.call('ControllerExpandVolume', { volumeId, capacityRange });
    expect(await one.client.call('NodeExpandVolume', { volumeId, volumePath, capacityRange })).toEqual({
      capacityBytes: 2 * GIB,
    });
    const stats = z
      .object({ usage: z.array(z.object({ unit: z.string(), total: z.number() })) })
      .parse(await one.client.call('NodeGetVolumeStats', { volumeId, volumePath }));
    expect(stats.usage.find(({ unit }) => unit === 'BYTES')?.total).toBeGreaterThan(1.9 * GIB);
    expect(one.run(`cat ${volumePath}/file`)).toBe('kept');
    await unpublish(one, volumeId);
    await one.client.call('DeleteVolume', { volumeId });
  });

  test('a block device is the disk itself, and its bytes move', async () => {
    const volumeId = await create('raw', BLOCK);
    const device = await publish(one, volumeId, BLOCK);
    expect(one.run(`test -b ${device} && blockdev --getsize64 ${device}`)).toBe(String(GIB));
    one.run(`printf 'raw bytes' | dd of=${device} bs=512 seek=7 conv=fsync,notrunc 2>/dev/null`);
    await unpublish(one, volumeId);
    expect(one.run(`test ! -e ${device} && echo gone`)).toBe('gone');
    const moved = await publish(two, volumeId, BLOCK);
    expect(two.run(`dd if=${moved} bs=512 skip=7 count=1 2>/dev/null | head -c 9`)).toBe('raw bytes');
    await unpublish(two, volumeId);
    await one.client.call('DeleteVolume', { volumeId });
  });

  test('a disk that holds something else is never formatted', async () => {
    const volumeId = await create('foreign', BLOCK);
    const device = await publish(one, volumeId, BLOCK);
    one.run(`echo 'type=83' | sfdisk --quiet ${device} 2>/dev/null; sync`);
    await unpublish(one, volumeId);
    const mount = capability('xfs');
    await one.client.call('ControllerPublishVolume', {
      volumeId,
      nodeId: one.nodeId,
      volumeCapability: mount,
    });
    const { stagingTargetPath } = paths(volumeId);
    const refusal = await one.client.refusal('NodeStageVolume', {
      volumeId,
      stagingTargetPath,
      volumeCapability: mount,
    });
    expect(refusal).toMatchObject({ code: status.FAILED_PRECONDITION });
    await one.client.call('ControllerUnpublishVolume', { volumeId, nodeId: one.nodeId });
    const again = await publish(one, volumeId, BLOCK);
    expect(one.run(`blkid -p -o value -s PTTYPE ${again}`)).toBe('dos');
    await unpublish(one, volumeId);
    await one.client.call('DeleteVolume', { volumeId });
  });

  test('a driver that is killed takes over what was mounted', async () => {
    const mount = capability('xfs');
    const volumeId = await create('killed', mount);
    const target = await publish(one, volumeId, mount);
    one.run(
      `echo kept >${target}/file; systemctl kill --signal KILL nutanix-csi; systemctl stop nutanix-csi 2>/dev/null || true`,
    );
    await one.startDriver();
    expect(one.run(`cat ${target}/file`)).toBe('kept');
    await unpublish(one, volumeId);
    expect(leftIn(one)).toBe('0');
    await one.client.call('DeleteVolume', { volumeId });
  });

  describe('csi-sanity', () => {
    const tests = engine === undefined ? [] : sanityTests(folder);
    let results: ReadonlyMap<string, SanityResult>;
    let before: string;

    beforeAll(() => {
      before = disksOf(two);
      const flags = sanityFlags(REPORT, '/run/nutanix-csi/csi.sock', '/tmp/sanity');
      two.run(
        `mkdir -p /tmp/sanity; csi-sanity ${flags.join(' ')} --csi.testvolumesize=${GIB} --csi.testvolumeexpandsize=${2 * GIB} >/tmp/sanity.log 2>&1 || true`,
      );
      two.copyOut(REPORT, join(folder, 'report.json'));
      results = new Map(resultsIn(join(folder, 'report.json')).map((result) => [result.name, result]));
    });

    test.each(tests.filter((name) => !isSkippedTest(name)))('%s', (name) => {
      expect(results.get(name)).toEqual({ name, state: 'passed', message: '' });
    });

    test('skips nothing else', () => {
      const skipped = [...results.values()].filter(({ state }) => state === 'skipped' || state === 'pending');
      expect(skipped.map(({ name }) => name).sort()).toEqual(tests.filter(isSkippedTest).sort());
    });

    test('leaves no mount and no disk', () => {
      expect(two.run('grep -c /tmp/sanity /proc/mounts || true')).toBe('0');
      expect(disksOf(two)).toBe(before);
    });
  });
});
