import type { GuestFaults } from '../../src/emulator/guest/options.js';
import { PRESET } from '../../src/simulator/index.js';
import { Cloud, NOTHING_LEFT } from './cloud.js';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Plugin } from './plugin/plugin.js';

/** What a create is given that waits in vain, s: enough for a busy computer to come as far as the guest. */
const IN_VAIN = 15;

/** When the packaged plugin's Create is over, and what it says of guests that are not well. */
describe('Create', () => {
  const store = mkdtempSync(join(tmpdir(), 'readiness-'));
  let cloud: Cloud;
  let faults: GuestFaults;

  beforeAll(async () => {
    cloud = await Cloud.start({}, () => faults);
  });
  afterAll(async () => {
    await cloud.close();
    rmSync(store, { recursive: true, force: true });
  });

  /** Create in a process of its own: how it ended, what was said, and the configuration afterwards. */
  async function create(name: string, flags: Record<string, unknown>) {
    const env = cloud.env;
    const plugin = await Plugin.start();
    await plugin.rpc.setConfig({ MachineName: name, StorePath: store });
    await plugin.rpc.setFlags({
      'nutanix-endpoint': env['NUTANIX_ENDPOINT'],
      'nutanix-port': env['NUTANIX_PORT'],
      'nutanix-username': env['NUTANIX_USERNAME'],
      'nutanix-password': env['NUTANIX_PASSWORD'],
      'nutanix-fingerprint': env['NUTANIX_FINGERPRINT'],
      'nutanix-cluster': env['NUTANIX_CLUSTER'],
      'nutanix-vm-image': env['NUTANIX_VM_IMAGE'],
      'nutanix-vm-network': [env['NUTANIX_VM_NETWORK']],
      'nutanix-ssh-port': cloud.sshPort,
      ...flags,
    });
    await plugin.rpc.call('PreCreateCheck');
    const error = await plugin.rpc.call('Create').then(
      () => undefined,
      (thrown: unknown) => String(thrown),
    );
    const config = await plugin.rpc.config();
    await plugin.close();
    return { error, said: plugin.lines.join('\n'), config };
  }

  async function remove(config: Record<string, unknown>): Promise<void> {
    const plugin = await Plugin.start();
    await plugin.rpc.setConfig(config);
    await plugin.rpc.call('Remove');
    await plugin.close();
    expect(cloud.left()).toEqual(NOTHING_LEFT);
  }

  const hangs: GuestFaults = { cloudInit: 'hangs' };
  const noSsh: GuestFaults = { noSsh: true };

  test.each<[string, string, GuestFaults, RegExp | undefined]>([
    ['ip', 'a guest without SSH is ready', noSsh, undefined],
    [
      'ssh',
      'a guest without SSH is not ready',
      noSsh,
      /was waiting for SSH login as "root", last seen: .*refused/,
    ],
    ['ssh', 'a guest whose cloud-init still runs is ready', hangs, undefined],
    [
      'cloud-init',
      'a guest whose cloud-init still runs is not ready',
      hangs,
      /was waiting for cloud-init to end/,
    ],
    ['cloud-init', 'a guest whose cloud-init has ended is ready', {}, undefined],
    [
      'cloud-init',
      'cloud-init that ended in error is an error, in its words',
      { cloudInit: { error: 'mirror.example: 503' } },
      /cloud-init ended in error: .*mirror\.example: 503/,
    ],
  ])('with --nutanix-wait-for %s: %s', async (waitFor, _what, guestFaults, failure) => {
    faults = guestFaults;
    const limit = failure?.source.startsWith('was waiting') === true ? { 'nutanix-timeout': IN_VAIN } : {};
    const { error, said, config } = await create('ready', { 'nutanix-wait-for': waitFor, ...limit });
    if (failure === undefined) expect(error).toBeUndefined();
    else expect(error).toMatch(failure);
    expect(said).toMatch(/waiting for|task/);
    expect(cloud.vmNames()).toEqual(failure === undefined ? ['ready'] : []);
    await remove(config);
  });

  test('whose guest has only addresses that are not used by themselves names the flag that helps', async () => {
    faults = {};
    const network = PRESET.unmanagedSubnet.name;
    const { error, config } = await create('lost', {
      'nutanix-vm-network': [network],
      'nutanix-timeout': IN_VAIN,
    });
    expect(error).toMatch(/no usable address yet \(127\.[\d.]+: loopback\)/);
    expect(error).toMatch(
      /reached at 127\.[\d.]+, name the network of that address \(--nutanix-ip-network\)/,
    );
    await remove(config);
  });

  test('gives an Ignition config to the guest, with the SSH user and key in it, where API v3 is spoken', async () => {
    faults = noSsh;
    const given = {
      ignition: { version: '3.4.0' },
      passwd: { users: [{ name: 'core', groups: ['docker'] }] },
    };
    const { error, config } = await create('fcos', {
      // API v4 only takes what begins with #cloud-config.
      'nutanix-api': 'v3',
      'nutanix-cloud-init': JSON.stringify(given),
      'nutanix-ssh-user': 'core',
      // Emulated guests have no Ignition.
      'nutanix-wait-for': 'ip',
    });
    expect(error).toBeUndefined();
    expect(JSON.parse(cloud.vm('fcos').userData)).toEqual({
      ...given,
      passwd: {
        users: [
          {
            name: 'core',
            groups: ['docker'],
            sshAuthorizedKeys: [expect.stringMatching(/^ssh-ed25519 \S+ fcos$/)],
          },
        ],
      },
    });
    await remove(config);
  });

  test('that keeps what it made says how to remove it, and Remove does', async () => {
    faults = { cloudInit: { error: 'mirror.example: 503' } };
    const { error, config } = await create('kept', { 'nutanix-keep-on-error': true });
    expect(error).toMatch(/cloud-init ended in error.*kept for a look; "rm kept" removes it/);
    expect(cloud.vmNames()).toEqual(['kept']);
    await remove(config);
  });

  test('gives the Docker disk to Docker: formatted and mounted before Docker is there', async () => {
    faults = {};
    const { error, config } = await create('disk', { 'nutanix-docker-disk-size': 20 });
    expect(error).toBeUndefined();
    expect(cloud.guests.at(-1)?.disks.map(({ sizeBytes }) => sizeBytes / 2 ** 30)).toEqual([2, 20]);
    await remove(config);
  });
});
