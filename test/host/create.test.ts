import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HostSpec } from '../../src/host/index.js';
import { OperationError } from '../../src/support/index.js';
import { startSshServer, unusedPort, type Answer, type SshServer } from '../guest/ssh-server.js';
import { hang } from './fake-provider.js';
import { HostSetup, NOTHING } from './host-setup.js';

let setup = new HostSetup();
let server: SshServer | undefined;
beforeEach(() => (setup = new HostSetup()));
afterEach(async () => {
  setup.dispose();
  await server?.close();
  server = undefined;
});

const failure = (problem = 'no memory left'): OperationError =>
  new OperationError({ code: 'task-failed', attempted: 'create VM "web-1"', problem, taskId: 'task-7' });
const cancelled = new OperationError({
  code: 'cancelled',
  attempted: 'create host "web-1"',
  problem: 'stopped by SIGINT',
});
const fail = (problem?: string) => (): never => {
  throw failure(problem);
};

/** Prepares and creates; the key is put into the guest's SSH server, as cloud-init would. */
async function create(spec: HostSpec, answer?: (command: string) => Answer) {
  const prepared = await setup.hosts.prepare(spec, setup.context);
  if (spec.waitFor !== 'ip') {
    setup.cloud.after('create', async () => {
      const publicKey = readFileSync(`${spec.ssh.keyPath}.pub`, 'utf8');
      const options = { user: spec.ssh.user, publicKey, port: spec.ssh.port };
      server = await startSshServer(answer === undefined ? options : { ...options, answer });
    });
  }
  return await setup.hosts.create(spec, prepared, setup.context);
}

async function sshSpec(change: Partial<HostSpec> = {}): Promise<HostSpec> {
  const spec = setup.spec({ waitFor: 'ssh', ...change });
  return { ...spec, ssh: { ...spec.ssh, port: await unusedPort() } };
}

describe('a host that can be made', () => {
  it.each(['ed25519', 'rsa'] as const)('is reached over SSH with its own %s key', async (generate) => {
    const spec = await sshSpec();
    const created = await create({ ...spec, ssh: { ...spec.ssh, generate } });
    expect(created).toEqual({ vmId: 'vm-of-key-1-web-1', address: '127.0.0.1' });
    expect(setup.leftovers()).toEqual({ vms: 1, reservations: 0, files: ['id_rsa', 'id_rsa.pub'] });
  });

  it('is given what was asked for', async () => {
    const spec = setup.spec({ name: 'web-1.example.org', userData: '#cloud-config\npackages: [git]\n' });
    await create(spec);
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
    const spec = await sshSpec({ waitFor: 'cloud-init' });
    await create(spec, () => ({
      code: 0,
      stdout: (looks += 1) < 3 ? 'status: running\n' : 'status: done\n',
    }));
    expect(looks).toBe(3);
    expect(setup.progress).toEqual(['waiting for cloud-init to end: 127.0.0.1: cloud-init: running']);
  });

  it('takes SSH for enough where there is no cloud-init, with a note', async () => {
    await create(await sshSpec({ waitFor: 'cloud-init' }), () => ({ code: 127 }));
    expect(setup.warnings).toEqual([
      'the guest has no cloud-init: its SSH answers, and that has to be enough.',
    ]);
  });

  it('is made with an existing key, which stays when removal takes the rest', async () => {
    const mine = new HostSetup();
    await mine.hosts.create(mine.spec(), await mine.hosts.prepare(mine.spec(), mine.context), mine.context);
    const existingKey = join(mine.folder, 'id_rsa');
    const spec = await sshSpec();
    await create({ ...spec, ssh: { ...spec.ssh, generate: false, existingKey } });
    expect(readFileSync(spec.ssh.keyPath, 'utf8')).toBe(readFileSync(existingKey, 'utf8'));
    mine.dispose();
  });

  it('has its disks checked when cloud-init has ended', async () => {
    const spec = await sshSpec({ waitFor: 'cloud-init', dockerDisk: { disk: 0, filesystem: 'xfs' } });
    const disks = [{ sizeGiB: 50, bus: 'scsi' as const }];
    const mounted = { code: 0, stdout: '/dev/sdb /var/lib/docker xfs rw 0 0\n' };
    const done = { code: 0, stdout: 'status: done\n' };
    await create({ ...spec, vm: { ...spec.vm, disks } }, (command) =>
      command.startsWith('cat') ? mounted : done,
    );
    expect(server?.commands).toEqual(['LC_ALL=C cloud-init status --long', 'cat /proc/mounts']);
  });
});

describe('a Create that fails leaves nothing and reports the first error', () => {
  const unreachable = new OperationError({
    code: 'permission-denied',
    attempted: 'find VM',
    problem: 'denied',
  });

  it.each<[string, (spec: HostSpec) => void, string]>([
    [
      'the key cannot be written',
      (spec) => mkdirSync(`${spec.ssh.keyPath}.pub/x`, { recursive: true }),
      'use the SSH key',
    ],
    ['the VM is refused', () => setup.cloud.before('create', fail()), 'no memory left (task task-7)'],
    [
      'the VM is made, but not to the end',
      () => setup.cloud.after('create', fail()),
      'no memory left (task task-7)',
    ],
    [
      'the VM cannot be seen',
      () =>
        setup.cloud.before('find', () => {
          throw unreachable;
        }),
      'find VM: denied',
    ],
    [
      'somebody deletes the VM',
      () => setup.cloud.after('create', () => setup.cloud.vms.clear()),
      'it does not exist (any more)',
    ],
    [
      'somebody turns the VM off',
      () =>
        setup.cloud.after('create', () => {
          for (const vm of setup.cloud.vms.values()) vm.power = 'off';
        }),
      'the VM is off',
    ],
  ])('%s', async (_case, arrange, message) => {
    const spec = setup.spec();
    const prepared = await setup.hosts.prepare(spec, setup.context);
    arrange(spec);
    await expect(setup.hosts.create(spec, prepared, setup.context)).rejects.toThrow(message);
    const { files, ...cloud } = setup.leftovers();
    expect(cloud).toEqual({ vms: 0, reservations: 0 });
    expect(files).not.toContain('id_rsa');
  });

  it('cloud-init ended in error', async () => {
    const status = { code: 1, stdout: 'status: error\nerrors:\n\t- part-001 failed\n' };
    const creating = create(await sshSpec({ waitFor: 'cloud-init' }), () => status);
    await expect(creating).rejects.toThrow('cloud-init ended in error: errors: - part-001 failed');
    expect(setup.leftovers()).toEqual(NOTHING);
  });

  it('a disk is not mounted', async () => {
    const spec = await sshSpec({ waitFor: 'cloud-init', dockerDisk: { disk: 0, filesystem: 'xfs' } });
    const disks = [{ sizeGiB: 50, bus: 'scsi' as const }];
    const creating = create({ ...spec, vm: { ...spec.vm, disks } }, () => ({
      code: 0,
      stdout: 'status: done\n',
    }));
    await expect(creating).rejects.toThrow('nothing is mounted at /var/lib/docker');
    expect(setup.leftovers()).toEqual(NOTHING);
  });

  it('with an error that is not ours', async () => {
    setup.cloud.after('create', () => {
      throw new TypeError('x is not a function');
    });
    await expect(create(setup.spec())).rejects.toMatchObject({
      code: 'internal',
      message: 'create host "web-1": x is not a function',
    });
    expect(setup.leftovers()).toEqual(NOTHING);
  });

  it('but keeps a key that was there before', async () => {
    await create(setup.spec());
    setup.cloud.vms.clear();
    setup.cloud.before('create', fail());
    await expect(create(setup.spec())).rejects.toThrow('no memory left');
    expect(setup.leftovers()).toEqual({ ...NOTHING, files: ['id_rsa', 'id_rsa.pub'] });
  });
});

describe('a Create that is ended by its signal leaves nothing', () => {
  it.each(['resolve', 'issueCreationKey', 'create', 'find'] as const)(
    'in the middle of %s',
    async (method) => {
      setup.cloud.before(method, async (context) => {
        setup.controller.abort(cancelled);
        await hang(context);
      });
      await expect(create(setup.spec())).rejects.toThrow('stopped by SIGINT');
      expect(setup.leftovers()).toEqual(NOTHING);
    },
  );

  it.each(['resolve', 'issueCreationKey', 'create', 'find'] as const)('at the end of %s', async (method) => {
    setup.cloud.after(method, () => setup.controller.abort(cancelled));
    await expect(create(setup.spec())).rejects.toThrow('stopped by SIGINT');
    expect(setup.leftovers()).toEqual(NOTHING);
  });

  it('between PreCreateCheck and Create', async () => {
    const prepared = await setup.hosts.prepare(setup.spec(), setup.context);
    setup.controller.abort(cancelled);
    await expect(setup.hosts.create(setup.spec(), prepared, setup.context)).rejects.toThrow(
      'stopped by SIGINT',
    );
    expect(setup.leftovers()).toEqual(NOTHING);
  });

  it('while waiting, and says for what', async () => {
    setup.cloud.nics = [];
    setup.clock.onSleep((now) => {
      if (now > 60_000)
        setup.controller.abort(
          new OperationError({
            code: 'timeout',
            attempted: 'create host "web-1"',
            problem: 'not done after 60 s',
          }),
        );
    });
    await expect(create(setup.spec())).rejects.toMatchObject({
      code: 'timeout',
      message:
        'create host "web-1": not done after 60 s; was waiting for an address of VM "web-1", last seen: the VM has no address yet. ' +
        "Check that the subnet gives addresses, that the image's network comes up, and that this machine reaches it.",
    });
    expect(setup.leftovers()).toEqual(NOTHING);
  });

  it('while logging in', async () => {
    setup.clock.onSleep(() => setup.controller.abort(cancelled));
    const spec = await sshSpec();
    const prepared = await setup.hosts.prepare(spec, setup.context);
    await expect(setup.hosts.create(spec, prepared, setup.context)).rejects.toThrow('stopped by SIGINT');
    expect(setup.leftovers()).toEqual(NOTHING);
  });

  it('while a command runs in the guest', async () => {
    const spec = await sshSpec({ waitFor: 'cloud-init' });
    const answer = (): Answer => {
      setTimeout(() => setup.controller.abort(cancelled), 20);
      return 'hang';
    };
    await expect(create(spec, answer)).rejects.toThrow('stopped by SIGINT');
    expect(setup.leftovers()).toEqual(NOTHING);
  });
});

describe('what is said of the clean-up', () => {
  it('nothing when it succeeds', async () => {
    setup.cloud.before('create', fail());
    await expect(create(setup.spec())).rejects.toThrow(/^create VM "web-1": no memory left \(task task-7\)$/);
  });

  it('what is left and what to do when it fails; the first error stays the error', async () => {
    setup.cloud.after('create', fail()).before('remove', fail('VM is locked'));
    await expect(create(setup.spec())).rejects.toMatchObject({
      code: 'task-failed',
      taskId: 'task-7',
      message:
        'create VM "web-1": no memory left (task task-7). Cleaning up failed too: ' +
        'create VM "web-1": VM is locked (task task-7). Remove host "web-1" to try that again.',
      cause: expect.objectContaining({ problem: 'no memory left' }) as unknown,
    });
    // What could be removed was removed all the same.
    expect(setup.leftovers()).toEqual({ vms: 1, reservations: 0, files: [] });
  });

  it('that it took too long, when it hangs', async () => {
    setup.dispose();
    setup = new HostSetup(50);
    setup.cloud.after('create', fail()).before('remove', hang);
    await expect(create(setup.spec())).rejects.toThrow('remove what is left of host "web-1": not done after');
  });

  it('how to remove what is kept on purpose', async () => {
    setup.cloud.after('create', fail());
    await expect(create(setup.spec({ keepOnError: true }))).rejects.toThrow(
      'no memory left (task task-7). What was made is kept for a look; removing host "web-1" removes it.',
    );
    expect(setup.leftovers()).toEqual({ vms: 1, reservations: 0, files: ['id_rsa', 'id_rsa.pub'] });
    expect(setup.cloud.calls).not.toContain('remove');
  });
});

it('is not stopped by a file in the place of the key', async () => {
  writeFileSync(join(setup.folder, 'id_rsa'), 'not a key', { mode: 0o600 });
  await expect(create(setup.spec())).rejects.toThrow('it is not a private key');
  expect(setup.leftovers()).toEqual({ ...NOTHING, files: ['id_rsa'] });
});
