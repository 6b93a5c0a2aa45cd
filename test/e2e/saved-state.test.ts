import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DOCKER_MACHINE, Machine } from './machine.js';
import { ownNumber } from './own-number.js';
import { startSimulator } from './simulator.js';

const COLUMNS = '{{.Name}} {{.State}} {{.DockerVersion}} {{.Error}}';
const FILES = 'sudo cat /etc/ssh/ssh_host_ed25519_key.pub /etc/docker/server.pem; cat kept; ls /tmp/lost';

/** One host whose Prism Central ends and comes back. */
test('a simulator that goes on with its saved state is the same to docker-machine', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'saved-state-'));
  const state = join(folder, 'state.json');
  // Not one of those that the kernel gives away, since it is free for a while.
  const port = String(20_000 + ownNumber(8_000));
  const first = await startSimulator({ state, port });
  const machine = new Machine(DOCKER_MACHINE, first.env);
  try {
    await machine.run('create', '-d', 'nutanix', 'web-1');
    await machine.run('ssh', 'web-1', 'echo mine > kept; touch /tmp/lost');
    const before = await machine.attempt('ssh', 'web-1', FILES);
    expect(before).toMatchObject({ code: 0, stdout: expect.stringContaining('mine') as unknown });
    await first.stop();
    expect([statSync(state).mode & 0o777, readdirSync(folder)]).toEqual([0o600, ['state.json']]);
    expect((await machine.attempt('ssh', 'web-1', 'true')).code).not.toBe(0);

    const second = await startSimulator({ state, port });
    try {
      expect(second.env).toEqual({ ...first.env, NUTANIX_SSH_PORT: second.env['NUTANIX_SSH_PORT'] });
      const after = await machine.attempt('ssh', 'web-1', FILES);
      expect(after.stdout).toBe(before.stdout.replace('/tmp/lost\n', ''));
      expect(await machine.run('ls', '-f', COLUMNS)).toMatch(/^web-1 Running v\d\S+ ?$/);
      await machine.run('stop', 'web-1');
      expect(await machine.run('status', 'web-1')).toBe('Stopped');
      await machine.run('start', 'web-1');
      expect(await machine.run('ssh', 'web-1', 'cat kept')).toBe('mine');
      await machine.run('rm', '-f', 'web-1');
      expect(await second.vmNames()).toEqual([]);
      expect(existsSync(join(machine.store, 'machines', 'web-1'))).toBe(false);
    } finally {
      await second.stop();
    }
  } finally {
    machine.dispose();
    rmSync(folder, { recursive: true, force: true });
    await first.stop();
  }
});
