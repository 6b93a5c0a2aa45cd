import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandRunner } from '../../../src/node/command/command-runner.js';
import { isAlive } from '../../../src/process/index.js';
import { OperationError, poll, systemClock } from '../../../src/support/index.js';

describe('a command of the system', () => {
  const root = mkdtempSync(join(tmpdir(), 'commands-'));
  const runner = new CommandRunner([join(root, 'none'), root, '/usr/bin', '/bin']);
  afterAll(() => rmSync(root, { recursive: true }));

  /** A program of ours in the place of one of the system's. */
  const program = (script: string): void => {
    writeFileSync(join(root, 'blkid'), `#!/bin/sh\n${script}\n`);
    chmodSync(join(root, 'blkid'), 0o755);
  };
  const request = { program: 'blkid', args: [], attempted: 'look at /dev/x' } as const;

  test('gets its arguments as they are, and of our environment nothing', async () => {
    program(`printf '%s|' "$@"; env | sort`);
    process.env['NUTANIX_PASSWORD'] = 'secret';
    const { stdout } = await runner.run({ ...request, args: ['a b', '$(id)', '*', '-n'] });
    delete process.env['NUTANIX_PASSWORD'];
    const [words, ...variables] = stdout.split('\n');
    expect(words).toMatch(/^a b\|\$\(id\)\|\*\|-n\|/);
    expect(variables.map((line) => line.split('=')[0]).filter((name) => name !== '')).toEqual(
      expect.arrayContaining(['PATH']) as unknown,
    );
    expect(stdout).toContain('LC_ALL=C');
    expect(stdout).not.toContain('secret');
  });

  test('that fails is told with what it said', async () => {
    program('echo progress; echo "no such disk" >&2; exit 3');
    await expect(runner.run(request)).rejects.toMatchObject({
      code: 'task-failed',
      message: 'look at /dev/x: no such disk (blkid: exit status 3)',
    });
    expect(await runner.run({ ...request, answers: [3] })).toEqual({
      status: 3,
      stdout: 'progress\n',
      stderr: 'no such disk\n',
    });
    program('kill -9 $$');
    await expect(runner.run(request)).rejects.toThrow('look at /dev/x: blkid: was ended by SIGKILL');
  });

  test('that is missing is told with its packages', async () => {
    const bare = new CommandRunner([root]);
    await expect(bare.run({ ...request, program: 'iscsiadm' })).rejects.toMatchObject({
      code: 'unsupported',
      message:
        'look at /dev/x: there is no program iscsiadm on this host. Install it on this host: package open-iscsi on Debian and Ubuntu, iscsi-initiator-utils on Red Hat and its kin.',
    });
  });

  test('is ended with its children, and waited for, when the signal is aborted', async () => {
    const [pids, ended] = [join(root, 'pids'), join(root, 'ended')];
    program(`trap 'wait; echo late >${ended}; exit 0' TERM; sleep 1000 & echo "$$ $!" >${pids}; wait`);
    const controller = new AbortController();
    const run = runner.run({ ...request, signal: controller.signal }).catch((error: unknown) => error);
    // Between fork and exec, a child of the shell would lose the signal.
    const isAsleep = (): boolean => {
      const [, child = ''] = existsSync(pids) ? readFileSync(pids, 'utf8').trim().split(' ') : [];
      return child !== '' && readFileSync(`/proc/${child}/comm`, 'utf8') === 'sleep\n';
    };
    await poll(async () => await Promise.resolve({ ready: isAsleep(), value: undefined }), {
      clock: systemClock,
      delays: () => 20,
    });
    const limit = new OperationError({ code: 'timeout', attempted: 'mount x', problem: 'not done' });
    controller.abort(limit);
    expect(await run).toBe(limit);
    expect(readFileSync(ended, 'utf8')).toBe('late\n');
    expect(readFileSync(pids, 'utf8').trim().split(' ').map(Number).filter(isAlive)).toEqual([]);
    expect(await runner.run({ ...request, signal: controller.signal }).catch((error: unknown) => error)).toBe(
      limit,
    );
  });
});
