import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createStorageNode } from '../../../src/node/index.js';
import { describeWithLoops, LoopDevices, run } from '../loop-devices.js';

const FOLDERS = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/**
 * mkfs is killed when it comes to its nth call that writes; strace does it, for many n in turn. What is left is never
 * taken for a file system, and the next format goes on with it.
 */
describeWithLoops('a format that is killed', () => {
  const loops = new LoopDevices();
  const { signal } = loops;
  const programs = loops.path('programs');
  const node = createStorageNode({ paths: { programs: [programs, ...FOLDERS] } });
  beforeAll(() => {
    LoopDevices.install('strace');
    mkdirSync(programs);
  });
  afterAll(async () => await loops.free());

  const CALLS = 'pwrite64,write,fallocate,fsync';
  /** From now on the program is killed when it comes to its nth call. */
  const killAt = (program: string, call: number): void => {
    const path = join(programs, program);
    const inject = `inject=${CALLS}:signal=SIGKILL:when=${String(call)}`;
    writeFileSync(
      path,
      `#!/bin/sh\nexec strace -f -qq -o /dev/null -e ${inject} /usr/sbin/${program} "$@"\n`,
    );
    chmodSync(path, 0o755);
  };

  test.each([
    ['xfs', 'mkfs.xfs', 4],
    ['ext4', 'mkfs.ext4', 9],
  ] as const)('%s: %s, at many instants', async (type, program, step) => {
    const device = loops.make(type === 'xfs' ? 301 << 20 : 16 << 20);
    let kills = 0;
    for (let call = 1; ; call += step) {
      killAt(program, call);
      const end = await node.format(device, type, { label: 'done' }, signal).catch((error: unknown) => error);
      if (end === undefined) break;
      expect(end).toMatchObject({ message: expect.stringMatching(/SIGKILL|Killed/) as string });
      kills += 1;
      const left = await node.inspect(device, signal);
      expect({ call, left }).toEqual({ call, left: { kind: 'blank' } });
    }
    expect(kills).toBeGreaterThan(10);
    expect(await node.inspect(device, signal)).toMatchObject({ kind: 'filesystem', type });
    if (type === 'xfs') run('xfs_repair', '-n', device);
    else run('fsck.ext4', '-nf', device);
  });
});
