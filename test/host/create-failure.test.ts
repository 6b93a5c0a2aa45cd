import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HostSpec } from '../../src/host/index.js';
import { OperationError } from '../../src/support/index.js';
import { hang } from './fake-provider.js';
import { HostSetup, NOTHING } from './host-setup.js';

let setup: HostSetup;
beforeEach(() => (setup = new HostSetup()));
afterEach(async () => await setup.dispose());

const failure = (problem = 'no memory left'): OperationError =>
  new OperationError({ code: 'task-failed', attempted: 'create VM "web-1"', problem, taskId: 'task-7' });
const fail = (problem?: string) => (): never => {
  throw failure(problem);
};

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
    const creating = setup.create(await setup.sshSpec({ waitFor: 'cloud-init' }), () => status);
    await expect(creating).rejects.toThrow('cloud-init ended in error: - part-001 failed');
    expect(setup.leftovers()).toEqual(NOTHING);
  });

  it('a disk is not mounted', async () => {
    const spec = await setup.sshSpec({ waitFor: 'cloud-init', dockerDisk: { disk: 0, filesystem: 'xfs' } });
    const disks = [{ sizeGiB: 50, bus: 'scsi' as const }];
    const creating = setup.create({ ...spec, vm: { ...spec.vm, disks } }, () => ({
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
    await expect(setup.create(setup.spec())).rejects.toMatchObject({
      code: 'internal',
      message: 'create host "web-1": x is not a function',
    });
    expect(setup.leftovers()).toEqual(NOTHING);
  });

  it('but keeps a key that was there before', async () => {
    await setup.create(setup.spec());
    setup.cloud.vms.clear();
    setup.cloud.before('create', fail());
    await expect(setup.create(setup.spec())).rejects.toThrow('no memory left');
    expect(setup.leftovers()).toEqual({ ...NOTHING, files: ['id_rsa', 'id_rsa.pub'] });
  });
});

describe('what is said of the clean-up', () => {
  it('nothing when it succeeds', async () => {
    setup.cloud.before('create', fail());
    await expect(setup.create(setup.spec())).rejects.toThrow(
      /^create VM "web-1": no memory left \(task task-7\)$/,
    );
  });

  it('what is left and what to do when it fails; the first error stays the error', async () => {
    setup.cloud.after('create', fail()).before('remove', fail('VM is locked'));
    await expect(setup.create(setup.spec())).rejects.toMatchObject({
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

  it('what to do only once, where the same would help with both', async () => {
    const advice = 'Let If-Match pass.';
    const refuse = (): never => {
      throw failure('HTTP 428').with({ advice });
    };
    setup.cloud.after('create', refuse).before('remove', refuse);
    await expect(setup.create(setup.spec())).rejects.toThrow(
      'create VM "web-1": HTTP 428 (task task-7). Let If-Match pass. Cleaning up failed too: ' +
        'create VM "web-1": HTTP 428 (task task-7). Remove host "web-1" to try that again.',
    );
  });

  it('that it took too long, when it hangs', async () => {
    await setup.dispose();
    setup = new HostSetup(50);
    setup.cloud.after('create', fail()).before('remove', hang);
    await expect(setup.create(setup.spec())).rejects.toThrow(
      'remove what is left of host "web-1": not done after',
    );
  });

  it('how to remove what is kept on purpose', async () => {
    setup.cloud.after('create', fail());
    await expect(setup.create(setup.spec({ keepOnError: true }))).rejects.toThrow(
      'no memory left (task task-7). What was made is kept for a look; "rm web-1" removes it.',
    );
    expect(setup.leftovers()).toEqual({ vms: 1, reservations: 0, files: ['id_rsa', 'id_rsa.pub'] });
    expect(setup.cloud.calls).not.toContain('remove');
  });
});

it('is not stopped by a file in the place of the key', async () => {
  writeFileSync(join(setup.folder, 'id_rsa'), 'not a key', { mode: 0o600 });
  await expect(setup.create(setup.spec())).rejects.toThrow('it is not a private key');
  expect(setup.leftovers()).toEqual({ ...NOTHING, files: ['id_rsa'] });
});
