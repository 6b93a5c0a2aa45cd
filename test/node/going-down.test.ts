import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandRunner } from '../../src/node/command/command-runner.js';
import { isGoingDown } from '../../src/node/going-down.js';

describe('whether this host goes down', () => {
  const root = mkdtempSync(join(tmpdir(), 'going-down-'));
  const runner = new CommandRunner([root, '/usr/bin', '/bin']);
  afterAll(() => rmSync(root, { recursive: true }));

  /** The states of systemctl(1), and what it says where there is no systemd. */
  test.each([
    ['stopping', 1, true],
    ['running', 0, false],
    ['degraded', 1, false],
    ['starting', 1, false],
    ['maintenance', 1, false],
    ['offline', 1, false],
    ['unknown', 1, false],
  ])('systemd says %p with exit status %p: %p', async (said, status, expected) => {
    writeFileSync(
      join(root, 'systemctl'),
      `#!/bin/sh\n[ "$*" = is-system-running ] && echo ${said}\nexit ${status}\n`,
    );
    chmodSync(join(root, 'systemctl'), 0o755);
    expect(await isGoingDown(runner)).toBe(expected);
  });

  test('a systemctl that fails is told', async () => {
    writeFileSync(join(root, 'systemctl'), '#!/bin/sh\necho no answer >&2\nexit 4\n');
    await expect(isGoingDown(runner)).rejects.toThrow(
      'find out whether this host is going down: no answer (systemctl: exit status 4)',
    );
  });

  test('without systemctl it does not', async () => {
    expect(await isGoingDown(new CommandRunner([join(root, 'none')]))).toBe(false);
  });
});
