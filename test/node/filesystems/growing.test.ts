import { copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { describeWithLoops, LoopDevices, run } from '../loop-devices.js';

/** The kernel grows a mounted ext4 for root with this capability (24) only; some containers are without. */
const hasResourceCapability = ((): boolean => {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  return ((BigInt(`0x${effective}`) >> 24n) & 1n) === 1n;
})();

describeWithLoops('growth', () => {
  const loops = new LoopDevices();
  const { node, signal } = loops;
  beforeAll(() => LoopDevices.install());
  afterAll(async () => await loops.free());

  test.each(['xfs', 'ext4'] as const)('of %s while it is mounted', async (type) => {
    const device = loops.make();
    const target = loops.path(`grown-${type}`);
    await node.format(device, type, { label: 'wpdb' }, signal);
    await node.mount({ device, target, type, options: [] }, signal);
    writeFileSync(`${target}/file`, 'content');
    const before = await node.use(target);
    truncateSync(loops.fileOf(), 640 << 20);
    expect(await node.rescanSize(device, signal)).toBe(640 << 20);
    if (type === 'ext4' && !hasResourceCapability) {
      await expect(node.growFilesystem(target, signal)).rejects.toMatchObject({
        code: 'permission-denied',
        message: expect.stringContaining('CAP_SYS_RESOURCE') as string,
      });
      await node.unmount(target, signal);
      return;
    }
    await node.growFilesystem(target, signal);
    const after = await node.use(target);
    expect(after.totalBytes - before.totalBytes).toBeGreaterThan(300 << 20);
    // A second time there is nothing to do.
    expect(await node.rescanSize(device, signal)).toBe(640 << 20);
    await node.growFilesystem(target, signal);
    expect(await node.use(target)).toEqual(after);
    expect(readFileSync(`${target}/file`, 'utf8')).toBe('content');
    await node.unmount(target, signal);
    if (type === 'xfs') run('xfs_repair', '-n', device);
    else run('fsck.ext4', '-nf', device);
    // The place at which a format puts its mark is the file system's now: what stands there says nothing.
    const end = Buffer.alloc(4096);
    end.write('nutanix-volume: being formatted');
    writeFileSync(loops.path('mark'), end);
    run(
      'dd',
      `if=${loops.path('mark')}`,
      `of=${device}`,
      'bs=4096',
      `seek=${String(639 * 256)}`,
      'status=none',
    );
    expect(await node.inspect(device, signal)).toMatchObject({ kind: 'filesystem', type });
  });

  test('is refused where nothing is mounted, or of what is no file system of ours', async () => {
    await expect(node.growFilesystem(loops.path('none'), signal)).rejects.toMatchObject({
      code: 'not-found',
    });
    await expect(node.growFilesystem('/proc', signal)).rejects.toMatchObject({ code: 'unsupported' });
    await expect(node.use(loops.path('none'))).rejects.toMatchObject({ code: 'not-found' });
  });

  test.each(['xfs', 'ext4'] as const)(
    'a copy of %s is mounted beside it, its journal replayed',
    async (type) => {
      const device = loops.make();
      const [one, other] = [loops.path(`one-${type}`), loops.path(`other-${type}`)];
      await node.format(device, type, { label: 'wpdb' }, signal);
      await node.mount({ device, target: one, type, options: [] }, signal);
      writeFileSync(`${one}/file`, 'content');
      await node.flush(device, signal);
      const original = loops.fileOf();
      const copy = loops.make();
      // As a snapshot of the storage: of a file system that is mounted, with a journal that is not empty.
      copyFileSync(original, loops.fileOf());
      run('blockdev', '--flushbufs', copy);
      if (type === 'ext4') expect(run('dumpe2fs', '-h', copy)).toContain('needs_recovery');
      await node.mount({ device: copy, target: other, type, options: [] }, signal);
      expect(readFileSync(`${other}/file`, 'utf8')).toBe('content');
      await node.unmount(other, signal);
      await node.unmount(one, signal);
    },
  );
});
