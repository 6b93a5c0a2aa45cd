import { existsSync, openSync, truncateSync, writeFileSync, writeSync, closeSync } from 'node:fs';
import { describeWithLoops, LoopDevices, run } from '../loop-devices.js';

describeWithLoops('a disk that is taken away while it is mounted', () => {
  const loops = new LoopDevices();
  const { node, signal } = loops;
  beforeAll(() => LoopDevices.install());
  afterAll(async () => await loops.free());

  test.each(['xfs', 'ext4'] as const)('%s can be unmounted, and what failed is told', async (type) => {
    const device = loops.make();
    const target = loops.path(`lost-${type}`);
    await node.format(device, type, { label: 'lost' }, signal);
    await node.mount({ device, target, type, options: [] }, signal);
    await node.bind(target, `${target}-bound`, {}, signal);
    writeFileSync(`${target}/file`, 'content');
    run('sync', '--file-system', target);
    // A loop device that is cut off answers as a disk that the storage has fenced: with an error to each request.
    truncateSync(loops.fileOf(), 4096);
    run('losetup', '--set-capacity', device);
    expect(() => {
      const file = openSync(`${target}/other`, 'w');
      writeSync(file, Buffer.alloc(1 << 20));
      closeSync(file);
      run('sync', `${target}/other`);
    }).toThrow();
    await node.unmount(`${target}-bound`, signal);
    await node.unmount(target, signal);
    expect(existsSync(target)).toBe(false);
    await expect(node.mount({ device, target, type, options: [] }, signal)).rejects.toMatchObject({
      code: 'task-failed',
      message: expect.stringMatching(/mount \/dev\/loop.*Look into the kernel's log/) as string,
    });
    truncateSync(loops.fileOf(), 0);
    run('losetup', '--set-capacity', device);
    await expect(node.inspect(device, signal)).rejects.toMatchObject({ code: 'not-found' });
  });
});
