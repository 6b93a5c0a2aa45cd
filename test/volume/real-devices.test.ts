import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeWithLoops } from '../node/loop-devices.js';
import { callContext } from './memory-cloud.js';
import { RealHosts } from './real-hosts.js';

const MIB = 1 << 20;

describeWithLoops('on real block devices, with the simulator', () => {
  const hosts = new RealHosts();
  beforeAll(async () => await hosts.start('web-1', 'web-2'), 120_000);
  afterAll(async () => await hosts.free());

  test.each(['xfs', 'ext4'] as const)('%s: made, written, moved, grown, removed, restored', async (fs) => {
    const [a, b] = [hosts.host(0), hosts.host(1)];
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
    expect(await hosts.attachments(name)).toBe(0);
  });

  test('as a block device and as files for CSI: published read-only, undone by the last unpublish', async () => {
    const a = hosts.host(0);
    const root = hosts.folder();
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
      expect(await hosts.attachments(name)).toBe(0);
    }
  });
});
