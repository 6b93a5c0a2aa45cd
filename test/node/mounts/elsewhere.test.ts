import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMountedElsewhere } from '../../../src/node/mounts/elsewhere.js';
import { describeWithLoops, LoopDevices, run } from '../loop-devices.js';

describeWithLoops('a file system that others have, too', () => {
  const loops = new LoopDevices();
  const { node, signal } = loops;
  const children: ChildProcess[] = [];
  const target = loops.path('volume');
  beforeAll(async () => {
    LoopDevices.install();
    const device = loops.make();
    await node.format(device, 'ext4', { label: 'seen' }, signal);
    await node.mount({ device, target, type: 'ext4', options: [] }, signal);
    mkdirSync(join(target, 'data'));
    mkdirSync(loops.path('inside'));
  });
  afterAll(async () => {
    for (const child of children) await ended(child);
    await loops.free();
  });

  /** A process with a mount namespace of its own, in which this was done. */
  async function inNamespace(commands: string): Promise<ChildProcess> {
    const script = `${commands}\necho ready\nexec sleep 600`;
    const child = spawn('unshare', ['--mount', '--propagation', 'slave', 'sh', '-ec', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    await new Promise((resolve) => child.stdout.once('data', resolve));
    return child;
  }

  async function ended(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await exit;
  }

  test('nothing there, or nobody else: no', async () => {
    expect(await node.isMountedElsewhere(loops.path('nothing'))).toBe(false);
    expect(await node.isMountedElsewhere(target)).toBe(false);
  });

  test('a service with a copy of all mounts: no', async () => {
    const service = await inNamespace('true');
    expect(await node.isMountedElsewhere(target)).toBe(false);
    await ended(service);
  });

  test('the host of a managed plugin, which has a copy at another path: no', async () => {
    run('mount', '--make-shared', target);
    const copy = loops.path('inside');
    const host = await inNamespace(`mount --bind ${target} ${copy}; umount ${target}`);
    expect(await node.isMountedElsewhere(target)).toBe(false);
    await ended(host);
    run('mount', '--make-private', target);
  });

  test('a container that has it at a folder of its own: yes, until it ends', async () => {
    const container = await inNamespace(
      `mount --bind ${target}/data ${loops.path('inside')}; umount ${target}`,
    );
    expect(await node.isMountedElsewhere(target)).toBe(true);
    await ended(container);
    expect(await node.isMountedElsewhere(target)).toBe(false);
  });

  test('a folder of this host: yes', async () => {
    run('mount', '--bind', join(target, 'data'), loops.path('inside'));
    expect(await node.isMountedElsewhere(target)).toBe(true);
    run('umount', loops.path('inside'));
    expect(await node.isMountedElsewhere(target)).toBe(false);
  });
});

test('the first process of a container sees no other ones, and cannot know', async () => {
  const proc = mkdtempSync(join(tmpdir(), 'elsewhere-'));
  mkdirSync(join(proc, '1', 'ns'), { recursive: true });
  writeFileSync(join(proc, '1', 'mountinfo'), '36 35 7:1 / /volume rw - ext4 /dev/loop1 rw\n');
  symlinkSync('mnt:[1]', join(proc, '1', 'ns', 'mnt'));
  symlinkSync('1', join(proc, 'self'));
  expect(await isMountedElsewhere(proc, '/volume')).toBeUndefined();
  rmSync(proc, { recursive: true });
});
