import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createStorageNode } from '../../src/node/index.js';
import type { Volumes } from '../../src/provider/index.js';
import { PRESET, type Simulator } from '../../src/simulator/index.js';
import { silentLogger, systemClock } from '../../src/support/index.js';
import { createVolumeService, readPolicy, type VolumeService } from '../../src/volume/index.js';
import { describeWithLoops, LoopDevices, run } from '../node/loop-devices.js';
import { presetSpec, v4Providers } from '../prism/v4/simulated-v4.js';
import { volumesPorts } from '../prism/v4/volume/simulated-volumes.js';
import { simulated } from '../prism/simulated.js';
import { LoopDisks } from './loop-hosts.js';
import { callContext } from './memory-cloud.js';

const { start, stop } = simulated();
const { to: providerTo, stop: stopProviders } = v4Providers();
const { to, stop: stopVolumes } = volumesPorts();
const MIB = 1 << 20;

describeWithLoops('on real block devices, with the simulator', () => {
  let simulator: Simulator;
  let volumes: Volumes;
  let disks: LoopDisks;
  const folders: string[] = [];
  const services: VolumeService[] = [];
  const vms: string[] = [];

  function host(index: number): VolumeService {
    const folder = mkdtempSync(join(tmpdir(), 'volume-host-'));
    folders.push(folder);
    const service = createVolumeService({
      volumes,
      node: disks.nodeOf(vms[index] ?? ''),
      clock: systemClock,
      logger: silentLogger,
      folder,
      policy: async () => await Promise.resolve(readPolicy({ defaults: { size: '320M' } })),
      attachment: 'vm',
      cluster: PRESET.cluster.name,
    });
    services.push(service);
    return service;
  }

  beforeAll(async () => {
    LoopDevices.install();
    simulator = await start({ pcVersion: 'pc.7.6', profile: 'fast' });
    volumes = to(simulator);
    const provider = providerTo(simulator, { pcVersion: 'pc.7.6' });
    for (const name of ['web-1', 'web-2']) {
      const token = await provider.issueCreationToken(name, callContext());
      vms.push(await provider.create(token, presetSpec(name), callContext()));
    }
    disks = new LoopDisks(volumes);
  }, 120_000);
  afterAll(async () => {
    for (const service of services) await service.close();
    // What a test that failed has left mounted.
    for (const { target } of await createStorageNode().mounts()) {
      if (folders.some((folder) => target.startsWith(folder))) run('umount', '--lazy', target);
    }
    disks.free();
    for (const folder of folders) rmSync(folder, { recursive: true });
    await stopVolumes();
    await stopProviders();
    await stop();
  });

  test.each(['xfs', 'ext4'] as const)(
    '%s: made, written, moved, grown, removed, restored',
    async (fs) => {
      const [a, b] = [host(0), host(1)];
      const name = `db-${fs}`;
      await a.ensure(name, { filesystem: fs, owner: { uid: 999, gid: 998 }, mode: 0o750 }, callContext());
      const folder = await a.mount({ name }, 'u', callContext());
      expect(readdirSync(folder)).toEqual([]);
      expect(statSync(folder)).toMatchObject({ uid: 999, gid: 998 });
      expect(statSync(folder).mode & 0o7777).toBe(0o750);
      writeFileSync(join(folder, 'row'), 'kept');
      await expect(b.mount({ name }, 'u', callContext())).rejects.toMatchObject({
        code: 'conflict',
        problem: expect.stringContaining('VM "web-1"') as string,
      });
      // ext4 grows online only with CAP_SYS_RESOURCE, which containers rarely have.
      const sizeBytes = fs === 'xfs' ? 512 * MIB : 320 * MIB;
      if (fs === 'xfs') await a.grow({ name }, sizeBytes, callContext());
      await a.unmount({ name }, 'u', callContext());
      const moved = await b.mount({ name }, 'u', callContext());
      expect(readFileSync(join(moved, 'row'), 'utf8')).toBe('kept');
      expect(statSync(moved)).toMatchObject({ uid: 999, gid: 998 });
      const use = (await b.find({ name }, callContext()))?.sizeBytes;
      expect(use).toBe(sizeBytes);
      await b.unmount({ name }, 'u', callContext());
      await b.remove({ name }, undefined, callContext());
      await a.restore({ name }, callContext());
      const again = await a.mount({ name }, 'u', callContext());
      expect(readFileSync(join(again, 'row'), 'utf8')).toBe('kept');
      await a.unmount({ name }, 'u', callContext());
      const [volume] = await volumes.findByName(name, callContext());
      expect(volume?.attachments).toEqual([]);
    },
    120_000,
  );

  test('as a block device and as files for CSI: published read-only, undone by the last unpublish', async () => {
    const a = host(0);
    const root = mkdtempSync(join(tmpdir(), 'volume-csi-'));
    folders.push(root);
    await a.ensure('files', { filesystem: 'ext4' }, callContext());
    const stagingPath = join(root, 'staging');
    const filesystem = { type: 'ext4' as const, mountOptions: ['noatime'] };
    await a.stage({ name: 'files' }, { stagingPath, filesystem }, callContext());
    writeFileSync(join(stagingPath, 'row'), 'kept');
    const request = { stagingPath, filesystem, targetPath: join(root, 'target'), readOnly: true };
    await a.publish({ name: 'files' }, request, callContext());
    expect(readFileSync(join(root, 'target', 'row'), 'utf8')).toBe('kept');
    expect(() => writeFileSync(join(root, 'target', 'row'), 'x')).toThrow('EROFS');
    expect(await a.use({ name: 'files' }, stagingPath)).toMatchObject({ deviceBytes: 320 * MIB });
    await a.unpublish({ name: 'files' }, request.targetPath, callContext());
    expect(readdirSync(root)).toEqual([]);
    await a.ensure('raw', {}, callContext());
    const block = { stagingPath, targetPath: join(root, 'device'), readOnly: false };
    await a.publish({ name: 'raw' }, block, callContext());
    expect(statSync(block.targetPath).isBlockDevice()).toBe(true);
    await a.unpublish({ name: 'raw' }, block.targetPath, callContext());
    for (const name of ['files', 'raw']) {
      expect(await volumes.findByName(name, callContext())).toMatchObject([{ attachments: [] }]);
    }
  }, 120_000);
});
