import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { describeWithLoops, LoopDevices, run } from '../loop-devices.js';

describeWithLoops('mounting', () => {
  const loops = new LoopDevices();
  const { node, signal } = loops;
  let xfs = '';
  let ext4 = '';
  beforeAll(async () => {
    LoopDevices.install();
    [xfs, ext4] = [loops.make(), loops.make(64 << 20)];
    await node.format(xfs, 'xfs', { label: 'one' }, signal);
    await node.format(ext4, 'ext4', { label: 'two' }, signal);
  });
  afterAll(async () => await loops.free());

  const at = async (target: string): Promise<readonly string[]> =>
    (await node.mounts())
      .filter((entry) => entry.target === target)
      .map((entry) => `${entry.type} ${entry.readOnly ? 'ro' : 'rw'}`);

  test('makes the folder, is done once, and leaves nothing when it is undone', async () => {
    const target = loops.path('a b/grün');
    const request = { device: xfs, target, type: 'xfs', options: ['noatime'] } as const;
    await node.mount(request, signal);
    await node.mount(request, signal);
    expect(await at(target)).toEqual(['xfs rw']);
    writeFileSync(`${target}/file`, 'content');
    const use = await node.use(target);
    expect(use.totalBytes).toBeGreaterThan(200 << 20);
    expect(use.availableBytes).toBeLessThanOrEqual(use.totalBytes - use.usedBytes);
    expect(use.usedInodes).toBeGreaterThan(0);
    await node.unmount(target, signal);
    await node.unmount(target, signal);
    expect(existsSync(target)).toBe(false);
    await node.mount({ ...request, readOnly: true }, signal);
    expect(readFileSync(`${target}/file`, 'utf8')).toBe('content');
    expect(await at(target)).toEqual(['xfs ro']);
    await expect(node.mount(request, signal)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('mounted there read-only already') as string,
    });
    await expect(
      node.mount({ device: ext4, target, type: 'ext4', options: [] }, signal),
    ).rejects.toMatchObject({ code: 'conflict' });
    await node.unmount(target, signal);
    // The same with nothing else that differs.
    await node.mount(request, signal);
    const other = { device: ext4, target, type: 'ext4', options: [] } as const;
    await expect(node.mount(other, signal)).rejects.toThrow('(xfs) is mounted there already');
    await node.unmount(target, signal);
  });

  test('finds a mount by the way of a link', async () => {
    mkdirSync(loops.path('real'));
    symlinkSync(loops.path('real'), loops.path('link'));
    const request = { device: ext4, target: loops.path('link/x'), type: 'ext4', options: [] } as const;
    await node.mount(request, signal);
    await node.mount(request, signal);
    expect(await at(loops.path('real/x'))).toEqual(['ext4 rw']);
    await node.unmount(loops.path('link/x'), signal);
    expect(existsSync(loops.path('real/x'))).toBe(false);
  });

  test('refuses what is not the file system that it should be', async () => {
    const target = loops.path('never');
    const wrong = { device: xfs, target, type: 'ext4', options: [] } as const;
    await expect(node.mount(wrong, signal)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('the device holds xfs, not the ext4 file system') as string,
    });
    await expect(node.mount({ ...wrong, device: loops.make() }, signal)).rejects.toThrow(/holds nothing/);
    await expect(node.mount({ ...wrong, target: 'relative' }, signal)).rejects.toMatchObject({
      code: 'invalid-input',
    });
    await expect(
      node.mount({ ...wrong, type: 'xfs', options: ['nonsense=1'] }, signal),
    ).rejects.toMatchObject({ code: 'task-failed' });
  });

  test('binds folders and devices, read-only also when that step was missing', async () => {
    const [staged, published, file] = ['staged', 'published', 'block/device'].map((name) => loops.path(name));
    if (staged === undefined || published === undefined || file === undefined) throw new Error('a name');
    await node.mount({ device: xfs, target: staged, type: 'xfs', options: [] }, signal);
    await node.bind(staged, published, {}, signal);
    await node.bind(staged, published, {}, signal);
    expect(await at(published)).toEqual(['xfs rw']);
    await node.bind(staged, published, { readOnly: true }, signal);
    expect(await at(published)).toEqual(['xfs ro']);
    expect(() => writeFileSync(`${published}/x`, '')).toThrow(/EROFS/);
    await expect(node.bind(loops.folder, published, {}, signal)).rejects.toMatchObject({ code: 'conflict' });
    await node.bind(ext4, file, { file: true }, signal);
    await node.bind(ext4, file, { file: true }, signal);
    expect(run('blkid', '-p', '-o', 'value', '-s', 'TYPE', file).trim()).toBe('ext4');
    await node.unmount(file, signal);
    expect(existsSync(file)).toBe(false);
    await node.unmount(published, signal);
    await node.unmount(staged, signal);
  });

  test('says what keeps a mount busy, and takes away all that lie on one another', async () => {
    const target = loops.path('busy');
    await node.mount({ device: ext4, target, type: 'ext4', options: [] }, signal);
    run('mount', '--bind', loops.folder, target);
    run('mount', '--types', 'tmpfs', 'none', target);
    const holder = spawn('sleep', ['1000'], { cwd: target });
    await once(holder, 'spawn');
    await expect(node.unmount(target, signal)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(`sleep (${String(holder.pid)})`) as string,
    });
    const exit = once(holder, 'exit');
    holder.kill();
    await exit;
    await node.unmount(target, signal);
    expect(await at(target)).toEqual([]);
  });

  test('a folder with content stays, and so does a file', async () => {
    mkdirSync(loops.path('full/inner'), { recursive: true });
    writeFileSync(loops.path('full/file'), 'content');
    for (const name of ['full', 'full/file']) await node.unmount(loops.path(name), signal);
    expect(existsSync(loops.path('full/inner'))).toBe(true);
    expect(readFileSync(loops.path('full/file'), 'utf8')).toBe('content');
  });
});
