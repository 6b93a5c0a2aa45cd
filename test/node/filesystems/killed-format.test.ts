import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, closeSync, constants, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeMark } from '../../../src/node/filesystems/unfinished.js';
import { createStorageNode } from '../../../src/node/index.js';
import { SteppedClock } from '../../support/stepped-clock.js';
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

  describe('whose mkfs goes on without it', () => {
    const ext4 = ['-q', '-E', 'nodiscard', '-m', '0', '-L', 'late'];
    /** A mkfs of a process that is gone: it begins at once, and writes when it may. */
    const orphan = (device: string, gate: string): ChildProcess => {
      const script = `read line <'${gate}'; exec mkfs.ext4 "$@"`;
      const program = ['bash', '-c', script, 'mkfs.ext4', ...ext4, device, '15360k'];
      return spawn('bash', ['-c', 'exec -a mkfs.ext4 "$@"', 'bash', ...program], { stdio: 'ignore' });
    };

    test('is waited for, and what it has left is begun again', async () => {
      rmSync(join(programs, 'mkfs.ext4'), { force: true });
      const device = loops.make(16 << 20);
      await writeMark(device, 16 << 20, 'as the process did that was killed');
      const gate = loops.path('gate');
      run('mkfifo', gate);
      const late = orphan(device, gate);
      const lateEnd = once(late, 'exit');
      const clock = new SteppedClock();
      const patient = createStorageNode({ clock });
      const made = patient.format(device, 'ext4', { label: 'next' }, signal);
      await clock.untilAsleep(1);
      writeFileSync(gate, 'go\n');
      expect(await lateEnd).toEqual([0, null]);
      await clock.until(made, 1);
      expect(run('blkid', '-p', '-o', 'value', '-s', 'LABEL', device).trim()).toBe('next');
      run('fsck.ext4', '-nf', device);
    });

    test('and is named when it does not end', async () => {
      const device = loops.make(16 << 20);
      const gate = loops.path('closed');
      run('mkfifo', gate);
      const late = orphan(device, gate);
      const clock = new SteppedClock();
      const refused = createStorageNode({ clock })
        .format(device, 'ext4', { label: 'next' }, signal)
        .catch((error: unknown) => error);
      expect(await clock.until(refused, 1)).toMatchObject({
        code: 'conflict',
        problem: `another process is formatting it: mkfs.ext4 (${String(late.pid)})`,
      });
      expect(clock.now()).toBeGreaterThanOrEqual(30_000);
      late.kill('SIGKILL');
    });

    test.each(['xfs', 'ext4'] as const)('is begun again when it had the device first: %s', async (type) => {
      const device = loops.make();
      const [asked, answered] = [loops.path(`${type}-asked`), loops.path(`${type}-answered`)];
      run('mkfifo', asked, answered);
      // Its first call waits until another program has the device.
      const path = join(programs, `mkfs.${type}`);
      const wait = `echo >${asked}; read line <${answered}`;
      const script = `case "$*" in *${device}*) [ -e ${asked}.once ] || { >${asked}.once; ${wait}; } ;; esac`;
      writeFileSync(path, `#!/bin/sh\n${script}\nexec /usr/sbin/mkfs.${type} "$@"\n`);
      chmodSync(path, 0o755);
      const clock = new SteppedClock();
      const made = createStorageNode({ clock, paths: { programs: [programs, ...FOLDERS] } }).format(
        device,
        type,
        { label: 'next' },
        signal,
      );
      await readFile(asked);
      const holder = openSync(device, constants.O_RDONLY | constants.O_EXCL);
      writeFileSync(answered, 'go\n');
      await clock.untilAsleep(1);
      closeSync(holder);
      await clock.until(made, 1);
      expect(await node.inspect(device, signal)).toMatchObject({ kind: 'filesystem', type });
    });
  });
});
