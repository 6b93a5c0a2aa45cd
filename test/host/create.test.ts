import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BOOT_COMMAND, POWER_STATE_COMMAND } from '../../src/guest/restart-readiness.js';
import { startSshServer, type SshServer } from '../guest/ssh-server.js';
import { HostSetup } from './host-setup.js';

let setup: HostSetup;
beforeEach(() => (setup = new HostSetup()));
afterEach(async () => await setup.dispose());

describe('a host that can be made', () => {
  it.each(['ed25519', 'rsa'] as const)('is reached over SSH with its own %s key', async (generate) => {
    const spec = await setup.sshSpec();
    const created = await setup.create({ ...spec, ssh: { ...spec.ssh, generate } });
    expect(created).toEqual({ vmId: 'vm-of-key-1-web-1', address: '127.0.0.1' });
    expect(setup.leftovers()).toEqual({ vms: 1, reservations: 0, files: ['id_rsa', 'id_rsa.pub'] });
  });

  it('is given what was asked for', async () => {
    const spec = setup.spec({ name: 'web-1.example.org', userData: '#cloud-config\npackages: [git]\n' });
    await setup.create(spec);
    const [vm] = [...setup.cloud.vms.values()];
    const publicKey = readFileSync(`${spec.ssh.keyPath}.pub`, 'utf8').trim();
    expect(vm?.spec).toEqual({
      ...spec.vm,
      name: 'web-1.example.org',
      hostname: 'web-1',
      placement: expect.objectContaining({ cluster: { id: 'cluster-1', name: 'east' } }) as unknown,
      userData: `#cloud-config\npackages: [git]\ndisable_root: false\nssh_authorized_keys:\n  - ${publicKey}\n`,
    });
  });

  it('waits for the end of cloud-init, and says what it waits for', async () => {
    let looks = 0;
    const spec = await setup.sshSpec({ waitFor: 'cloud-init' });
    await setup.create(spec, () => ({
      code: 0,
      stdout: (looks += 1) < 3 ? 'status: running\n' : 'status: done\n',
    }));
    expect(looks).toBe(3);
    expect(setup.progress).toEqual(['waiting for cloud-init to end: 127.0.0.1: cloud-init: running']);
  });

  it.each([
    ['at once, as soon as ever', 0, [100, 120, 144, 173]],
    ['within a second, as soon as ever', 1_000, [100, 120, 144, 173]],
    ['after seconds, when it has had as long for itself', 4_000, [4_000, 4_000, 4_000, 4_000]],
    ['after half a minute, a quarter of a minute later', 30_000, [15_000, 15_000, 15_000, 15_000]],
  ])('whose guest answers %s, is asked again', async (_answers, took, pauses) => {
    let looks = 0;
    const spec = await setup.sshSpec({ waitFor: 'cloud-init' });
    await setup.create(spec, () => {
      setup.clock.pass(took);
      return { code: 0, stdout: (looks += 1) < 5 ? 'status: running\n' : 'status: done\n' };
    });
    expect(setup.clock.sleeps.map(Math.round)).toEqual(pauses);
  });

  it('is there when the restart that its user-data asks for is over, and cloud-init has ended again', async () => {
    const userData = '#cloud-config\npower_state: {mode: reboot}\n';
    const spec = await setup.sshSpec({ waitFor: 'cloud-init', userData });
    const wish = 'power_state:\n  mode: reboot\n';
    let boot = 1;
    let looks = 0;
    let afterRestart = 0;
    await setup.create(spec, (command) => {
      if (command === POWER_STATE_COMMAND) return { code: 0, stdout: wish };
      if (command === BOOT_COMMAND) {
        if ((looks += 1) === 3) boot = 2;
        return { code: 0, stdout: `boot ${boot} 1\n` };
      }
      if (boot === 1) return { code: 0, stdout: 'status: done\n' };
      return { code: 0, stdout: (afterRestart += 1) < 3 ? 'status: running\n' : 'status: done\n' };
    });
    expect([boot, looks, afterRestart]).toEqual([2, 3, 3]);
    expect(setup.progress).toEqual([
      'waiting for the restart that the user-data asks for: 127.0.0.1: the guest is still up',
      'waiting for cloud-init to end: 127.0.0.1: cloud-init: running',
    ]);
  });

  it('is asked each second, and its cloud more and more seldom, while its guest comes up', async () => {
    const spec = await setup.sshSpec();
    const { ssh } = spec;
    let sshd: Promise<SshServer> | undefined;
    setup.clock.onSleep(async (now) => {
      const publicKey = readFileSync(`${ssh.keyPath}.pub`, 'utf8');
      if (now > 60_000) await (sshd ??= startSshServer({ user: ssh.user, publicKey, port: ssh.port }));
    });
    const prepared = await setup.hosts.prepare(spec, setup.context);
    await setup.hosts.create(spec, prepared, setup.context);
    await (await sshd)?.close();
    expect(Math.max(...setup.clock.sleeps)).toBe(1_000);
    expect(setup.clock.slept).toBeLessThanOrEqual(61_000);
    const finds = setup.cloud.calls.filter((call) => call.startsWith('find'));
    expect(finds.length).toBeGreaterThan(15);
    expect(finds.length).toBeLessThan(25);
  });

  it('is followed to another address while its guest comes up', async () => {
    const spec = await setup.sshSpec({ waitFor: 'cloud-init' });
    const other = { subnet: 'lan', addresses: [{ ip: '127.0.0.3', source: 'assigned' as const }] };
    let moved: SshServer | undefined;
    const creating = setup.create(spec, () => {
      // A reboot: sshd is gone, and comes back at another address.
      void setup.guest?.close();
      setup.cloud.nics = [other];
      return 'break';
    });
    setup.clock.onSleep(async () => {
      if (setup.cloud.nics[0] !== other || moved !== undefined) return;
      const publicKey = readFileSync(`${spec.ssh.keyPath}.pub`, 'utf8');
      const answer = () => ({ code: 0, stdout: 'status: done\n' });
      moved = await startSshServer({
        user: 'root',
        publicKey,
        answer,
        port: spec.ssh.port,
        host: '127.0.0.3',
      });
    });
    expect(await creating).toMatchObject({ address: '127.0.0.3' });
    await moved?.close();
  });

  it('takes SSH for enough where there is no cloud-init, with a note', async () => {
    await setup.create(await setup.sshSpec({ waitFor: 'cloud-init' }), () => ({ code: 127 }));
    expect(setup.warnings).toEqual([
      'the guest has no cloud-init: an SSH login works, so the machine counts as ready.',
    ]);
  });

  it('with an Ignition config, is not asked for cloud-init: Ignition ends before SSH answers', async () => {
    const userData = '{"ignition":{"version":"3.4.0"}}';
    await setup.create(await setup.sshSpec({ waitFor: 'cloud-init', userData }), () => ({ code: 127 }));
    expect(setup.guest?.commands).toEqual([]);
    expect(setup.warnings).toEqual([]);
    const [vm] = setup.cloud.vms.values();
    expect(JSON.parse(vm?.spec.userData ?? '')).toMatchObject({
      ignition: { version: '3.4.0' },
      passwd: { users: [{ name: 'root', sshAuthorizedKeys: [expect.stringMatching(/^ssh-ed25519 /)] }] },
    });
  });

  it('is made with an existing key, which stays when removal takes the rest', async () => {
    const mine = new HostSetup();
    await mine.hosts.create(mine.spec(), await mine.hosts.prepare(mine.spec(), mine.context), mine.context);
    const existingKey = join(mine.folder, 'id_rsa');
    const spec = await setup.sshSpec();
    await setup.create({ ...spec, ssh: { ...spec.ssh, generate: false, existingKey } });
    expect(readFileSync(spec.ssh.keyPath, 'utf8')).toBe(readFileSync(existingKey, 'utf8'));
    await mine.dispose();
  });

  it('has its disks checked when cloud-init has ended', async () => {
    const spec = await setup.sshSpec({ waitFor: 'cloud-init', dockerDisk: { disk: 0, filesystem: 'xfs' } });
    const disks = [{ sizeGiB: 50, bus: 'scsi' as const }];
    const mounted = { code: 0, stdout: '/dev/sdb /var/lib/docker xfs rw 0 0\n' };
    const done = { code: 0, stdout: 'status: done\n' };
    await setup.create({ ...spec, vm: { ...spec.vm, disks } }, (command) =>
      command.startsWith('cat') ? mounted : done,
    );
    expect(setup.guest?.commands).toEqual(['LC_ALL=C cloud-init status --long', 'cat /proc/mounts']);
  });
});
