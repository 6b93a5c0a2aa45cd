import { Cloud } from './cloud.js';
import { DOCKER_MACHINE, RANCHER_MACHINE, type Machine } from './machine.js';

/**
 * A machine that was made when Prism Central had API v3 alone, after an upgrade that has brought v4 and taken v3 away:
 * its whole life goes on, and `rm` leaves no VM.
 */
describe.each([
  ['docker-machine', 404, DOCKER_MACHINE],
  ['docker-machine', 503, DOCKER_MACHINE],
  ['rancher-machine', 410, RANCHER_MACHINE],
] as const)('%s and a machine of API v3, which is gone (%i)', (_name, absent, client) => {
  let cloud: Cloud;
  let machine: Machine;

  beforeAll(async () => {
    cloud = await Cloud.start({ apis: ['v3', 'v4'], pcVersion: 'pc.7.6' });
    machine = cloud.machine({}, client);
    cloud.simulator.addFault({ name: 'not yet', match: { api: 'v4' }, do: { absent: 404 } });
    await machine.run('create', '-d', 'nutanix', 'old-1');
    expect(machine.config('old-1')).toMatchObject({ Driver: { SpokenApi: 'v3' } });
    cloud.simulator.removeFault('not yet');
    cloud.simulator.addFault({ name: 'gone', match: { api: 'v3' }, do: { absent } });
  });
  afterAll(() => cloud.close());

  const asked = (): number => cloud.simulator.requestCounts()['GET /actuator/versionroutes'] ?? 0;

  test('is listed, with its state and address', async () => {
    expect(await machine.run('ls', '--format', '{{.Name}} {{.State}}{{.Error}}')).toBe('old-1 Running');
    expect(await machine.run('status', 'old-1')).toBe('Running');
    expect(await machine.run('ip', 'old-1')).toMatch(/^127\./);
  });

  test('stops, and from then on nothing asks again which API is served', async () => {
    await machine.run('stop', 'old-1');
    expect(machine.config('old-1')).toMatchObject({
      Driver: { SpokenApi: expect.stringMatching(/^v4 vmm=4\.3 /) as unknown },
    });
    const before = asked();
    expect(await machine.run('status', 'old-1')).toBe('Stopped');
    await machine.run('start', 'old-1');
    await machine.run('restart', 'old-1');
    expect(await machine.run('ssh', 'old-1', 'hostname')).toBe('old-1');
    expect(asked()).toBe(before);
  });

  test('is removed: no VM and no address is left', async () => {
    await machine.run('rm', '-y', 'old-1');
    expect(cloud.left()).toMatchObject({ vms: [], addresses: [] });
  });
});
