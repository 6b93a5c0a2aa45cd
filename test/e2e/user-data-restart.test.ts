import { Cloud, NOTHING_LEFT } from './cloud.js';
import { RANCHER_MACHINE } from './machine.js';

describe.each([
  ['docker-machine', undefined],
  ['rancher-machine', RANCHER_MACHINE],
])('%s and user-data with power_state', (_name, command) => {
  let cloud: Cloud;
  beforeAll(async () => (cloud = await Cloud.start()));
  afterAll(async () => await cloud.close());

  const userData = (powerState: string): string =>
    `#cloud-config\nbootcmd: [echo boot >> /var/log/boots]\npower_state: ${powerState}\n`;

  test('the restart is over before Docker is installed', async () => {
    const machine = cloud.machine({ NUTANIX_CLOUD_INIT: userData('{mode: reboot}') }, command);
    const { code, output } = await machine.attempt('create', '-d', 'nutanix', 'again-1');
    expect([code, output]).toEqual([0, expect.stringContaining('Docker is up and running!') as unknown]);
    expect(await machine.run('ssh', 'again-1', 'wc -l < /var/log/boots')).toBe('2');
    await machine.run('rm', '-y', 'again-1');
    expect(cloud.left()).toEqual(NOTHING_LEFT);
  });

  test('a guest that would go off is refused before it is made', async () => {
    const machine = cloud.machine({ NUTANIX_CLOUD_INIT: userData('{mode: poweroff}') }, command);
    const { code, output } = await machine.attempt('create', '-d', 'nutanix', 'off-1');
    expect([code, output]).toEqual([
      expect.any(Number) as unknown,
      expect.stringMatching(/power_state with mode .*poweroff.* turns the guest off/) as unknown,
    ]);
    expect(code).not.toBe(0);
    expect(cloud.left()).toEqual(NOTHING_LEFT);
  });

  test('a guest that goes off, which only the guest could tell, is an error that says why, and nothing is left', async () => {
    const template = `## template: jinja\n${userData('{mode: poweroff, delay: 5}')}`;
    const machine = cloud.machine({ NUTANIX_CLOUD_INIT: template }, command);
    const { code, output } = await machine.attempt('create', '-d', 'nutanix', 'off-2');
    expect(code).not.toBe(0);
    expect(output).toMatch(/its user-data turns it off when cloud-init has ended/);
    await machine.run('rm', '-y', '-f', 'off-2');
    expect(cloud.left()).toEqual(NOTHING_LEFT);
  });
});
