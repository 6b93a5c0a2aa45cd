import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Cloud, NOTHING_LEFT } from './cloud.js';
import { RANCHER_MACHINE, type Machine } from './machine.js';

const configShape = z.looseObject({ Driver: z.looseObject({}) });

/** Rancher removes a machine whose stored credentials and address are those of its creation. */
describe('rancher-machine rm --update-config', () => {
  let cloud: Cloud;
  let machine: Machine;

  beforeAll(async () => {
    cloud = await Cloud.start();
    machine = cloud.machine({}, RANCHER_MACHINE);
  });
  afterAll(() => cloud.close());

  /** Prism Central has moved and the password has changed since the create; nothing listens at the old port. */
  async function outdated(name: string): Promise<void> {
    await machine.run('create', '-d', 'nutanix', '--nutanix-wait-for', 'ssh', name);
    const config = configShape.parse(machine.config(name));
    const Driver = { ...config.Driver, Endpoint: '127.0.0.1:1', Port: '9440', Password: 'expired' };
    writeFileSync(
      join(machine.store, 'machines', name, 'config.json'),
      JSON.stringify({ ...config, Driver }),
    );
  }

  const nothing = { NUTANIX_ENDPOINT: undefined, NUTANIX_PORT: undefined, NUTANIX_PASSWORD: undefined };

  test('by environment; a plain rm keeps to what is stored', async () => {
    await outdated('node-1');
    const { code, output } = await machine.attempt('rm', '-y', 'node-1');
    expect(code).not.toBe(0);
    expect(output).toMatch(/127\.0\.0\.1 port 1\b/);
    expect(cloud.vmNames()).toEqual(['node-1']);
    await machine.run('rm', '-y', '--update-config', 'node-1');
    expect(cloud.left()).toEqual(NOTHING_LEFT);
  });

  test('by flags', async () => {
    await outdated('node-2');
    const { host, port, password } = cloud.simulator;
    await machine
      .withEnvironment(nothing)
      .run(
        'rm',
        '-y',
        '--update-config',
        '--nutanix-endpoint',
        host,
        `--nutanix-port=${port}`,
        '--nutanix-password',
        password,
        'node-2',
      );
    expect(cloud.left()).toEqual(NOTHING_LEFT);
  });

  test('status takes them too, and an address that cannot be is refused by name', async () => {
    await outdated('node-3');
    expect(await machine.run('status', '--update-config', 'node-3')).toBe('Running');
    const { code, output } = await machine
      .withEnvironment({ NUTANIX_PORT: 'many' })
      .attempt('rm', '-y', '--update-config', 'node-3');
    expect(code).not.toBe(0);
    expect(output).toContain('--nutanix-port ($NUTANIX_PORT) must be a port number');
    await machine.run('rm', '-y', '--update-config', 'node-3');
  });
});
