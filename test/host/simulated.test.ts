import { readFileSync } from 'node:fs';
import type { HostSpec } from '../../src/host/index.js';
import type { VmIdentity } from '../../src/provider/index.js';
import { openSsh } from '../../src/guest/ssh-session.js';
import { PRESET } from '../../src/simulator/index.js';
import type { GuestFaults } from '../../src/emulator/guest/options.js';
import { OperationError } from '../../src/support/index.js';
import { NOTHING_LEFT, SimulatedCloud } from './simulated-cloud.js';

let cloud: SimulatedCloud;
afterEach(async () => await cloud.close());

async function start(faults?: GuestFaults): Promise<void> {
  cloud = await SimulatedCloud.start(faults);
}

async function create(spec: HostSpec): Promise<{ address: string; identity: VmIdentity }> {
  const prepared = await cloud.hosts.prepare(spec, cloud.context);
  const { address } = await cloud.hosts.create(spec, prepared, cloud.context);
  return { address, identity: { name: spec.name, creationToken: prepared.creationToken } };
}

/** What a command line prints in the guest, run with the machine's key. */
async function inGuest({ ssh }: HostSpec, host: string, command: string): Promise<string> {
  const privateKey = readFileSync(ssh.keyPath, 'utf8');
  const attempt = await openSsh({ host, port: ssh.port, user: ssh.user, privateKey }, cloud.context.signal);
  if (!attempt.open) throw new Error(attempt.seen);
  const { stdout } = await attempt.session.run(command, cloud.context.signal);
  attempt.session.close();
  return stdout;
}

it('a host lives: created, stopped, started, restarted, killed, removed', async () => {
  await start();
  const spec = cloud.spec();
  const { address, identity } = await create(spec);
  const options = { ssh: spec.ssh, stopTimeout: 60_000 };
  const { hosts, context } = cloud;
  const state = async (): Promise<string> => (await hosts.observe(identity, {}, context)).state;
  expect(await inGuest(spec, address, 'id -un; hostname')).toBe('root\nweb-1\n');
  expect(await state()).toBe('running');
  expect(await hosts.restart(identity, options, context)).toBe(address);
  await hosts.stop(identity, options, context);
  expect(await state()).toBe('stopped');
  expect((await hosts.observe(identity, {}, context)).address).toBeUndefined();
  expect(await hosts.start(identity, options, context)).toBe(address);
  await hosts.kill(identity, context);
  expect(await state()).toBe('stopped');
  await hosts.remove(identity, context);
  expect(await state()).toBe('not-found');
  expect(cloud.left()).toEqual(NOTHING_LEFT);
  expect(cloud.warnings).toEqual([]);
});

const MIME = [
  'Content-Type: multipart/mixed; boundary="b"',
  'MIME-Version: 1.0',
  '',
  '--b',
  'Content-Type: text/cloud-config',
  '',
  '#cloud-config',
  'users: [{name: deploy, ssh_authorized_keys: [ssh-rsa AAAA]}]',
  '--b',
  'Content-Type: text/x-shellscript',
  '',
  '#!/bin/sh',
  'echo mime > /tmp/proof',
  '--b--',
  '',
].join('\n');

describe('the person’s own user-data', () => {
  it.each<[string, string, string, string]>([
    [
      'cloud-config',
      'deploy',
      '#cloud-config\nusers: [default, eve]\nruncmd: [echo $(hostname) > /tmp/proof]\n',
      'web-1',
    ],
    ['a script', 'deploy', '#!/bin/sh\necho script > /tmp/proof\n', 'script'],
    [
      'a template',
      'root',
      '## template: jinja\n#cloud-config\ndisable_root: true\nusers: [{name: eve}]\nruncmd: ["echo {{ v1.local_hostname }} > /tmp/proof"]\n',
      'web-1',
    ],
    ['MIME in which the SSH user has a key of theirs', 'deploy', MIME, 'mime'],
  ])('does its work beside ours: %s', async (_case, user, userData, proof) => {
    await start();
    const base = cloud.spec({ userData });
    const spec = { ...base, ssh: { ...base.ssh, user } };
    const { address } = await create(spec);
    expect(await inGuest(spec, address, 'id -un; cat /tmp/proof')).toBe(`${user}\n${proof}\n`);
  });
});

describe('a restart that the user-data asks for', () => {
  const text = (setting: string) =>
    `bootcmd: [echo boot >> /var/log/boots]\npower_state: {mode: reboot${setting}}\n`;
  it.each<[string, string, string]>([
    ['in plain cloud-config', `#cloud-config\n${text('')}`, '2'],
    ['in a template', `## template: jinja\n#cloud-config\n${text('')}`, '2'],
    ['unless its condition is not met', `#cloud-config\n${text(', condition: false')}`, '1'],
  ])('is over before the host is there: %s', async (_case, userData, boots) => {
    await start();
    const base = cloud.spec({ userData });
    const spec = { ...base, ssh: { ...base.ssh, user: 'deploy' } };
    const { address } = await create(spec);
    expect(await inGuest(spec, address, 'wc -l < /var/log/boots; cloud-init status')).toBe(
      `${boots}\nstatus: done\n`,
    );
  });
});

it('formats and mounts its disks before it is ready, and only once', async () => {
  await start();
  const base = cloud.spec({
    dockerDisk: { disk: 1, filesystem: 'xfs' },
    mounts: [{ disk: 0, path: '/data', filesystem: 'ext4' }],
  });
  const disks = [1, 2].map((sizeGiB) => ({ sizeGiB, bus: 'scsi' as const }));
  const spec: HostSpec = {
    ...base,
    vm: { ...base.vm, disks },
    placement: { ...base.placement, storageContainers: [undefined, undefined] },
  };
  const { address, identity } = await create(spec);
  const mounted = async (): Promise<string> => await inGuest(spec, address, 'cut -d" " -f2,3 /proc/mounts');
  expect(await mounted()).toMatch(/^\/var\/lib\/docker xfs$/m);
  expect(await mounted()).toMatch(/^\/data ext4$/m);
  await inGuest(spec, address, 'echo kept > /data/proof');
  await cloud.hosts.restart(identity, { ssh: spec.ssh, stopTimeout: 60_000 }, cloud.context);
  expect(await inGuest(spec, address, 'cat /data/proof')).toBe('kept\n');
});

it('finds an address that only the wire knows, when its network is named', async () => {
  await start();
  const base = cloud.spec({ addressNetwork: '127.0.0.0/8' });
  const spec = { ...base, placement: { ...base.placement, subnets: [PRESET.unmanagedSubnet.name] } };
  const { address } = await create(spec);
  expect(await inGuest(spec, address, 'hostname')).toBe('web-1\n');
});

describe('a guest that is not well', () => {
  it('whose cloud-init ends in error is removed, with its words', async () => {
    await start({ cloudInit: { error: 'the mirror is down' } });
    await expect(create(cloud.spec())).rejects.toThrow(/cloud-init ended in error: .*the mirror is down/);
    expect(cloud.left()).toEqual(NOTHING_LEFT);
  });

  it.each<[string, GuestFaults, string, RegExp]>([
    ['without SSH', { noSsh: true }, 'SSH login as "root"', /127\.\S+: connection refused/],
    [
      'that hangs at boot',
      { hangsAtBoot: true },
      'SSH login as "root"',
      /127\.\S+: connection refused|does not answer yet/,
    ],
    [
      'whose cloud-init never ends',
      { cloudInit: 'hangs' },
      'cloud-init to end',
      /127\.\S+: cloud-init: running/,
    ],
  ])('%s is removed when the time is over', async (_case, faults, what, seen) => {
    await start(faults);
    const spec = cloud.spec();
    const prepared = await cloud.hosts.prepare(spec, cloud.context);
    const controller = new AbortController();
    const over = new OperationError({
      code: 'timeout',
      attempted: 'create host "web-1"',
      problem: 'not done after 5 min',
    });
    // The time is over while this is waited for, however long it took to get there.
    const progress = (line: string): void => {
      if (line.startsWith(`waiting for ${what}: `) && seen.test(line)) controller.abort(over);
    };
    const context = { progress, signal: controller.signal };
    await expect(cloud.hosts.create(spec, prepared, context)).rejects.toThrow(
      new RegExp(`was waiting for ${what}, last seen: (${seen.source})`),
    );
    expect(cloud.left()).toEqual(NOTHING_LEFT);
  });

  it('that does not hear the power button is switched off and reset', async () => {
    await start({ ignoresAcpi: true });
    const spec = cloud.spec({ waitFor: 'ssh' });
    const { identity, address } = await create(spec);
    const options = { ssh: spec.ssh, stopTimeout: 500 };
    expect(await cloud.hosts.restart(identity, options, cloud.context)).toBe(address);
    await cloud.hosts.stop(identity, options, cloud.context);
    expect((await cloud.hosts.observe(identity, {}, cloud.context)).state).toBe('stopped');
    expect(cloud.warnings).toEqual([
      'The guest did not restart within 0.5 s: resetting it.',
      'The guest did not shut down within 0.5 s: powering it off.',
    ]);
  });
});
