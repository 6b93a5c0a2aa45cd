import { z } from 'zod';
import { ApiClient } from '../simulator/api-client.js';
import { Cloud, NOTHING_LEFT } from './cloud.js';
import { RANCHER_MACHINE, type Machine } from './machine.js';

const shownVm = z.looseObject({
  status: z.looseObject({ state: z.string(), resources: z.looseObject({ power_state: z.string() }) }),
});
const tasks = z.object({ entities: z.array(z.object({ uuid: z.string() })) });
type ShownVm = z.infer<typeof shownVm>;

/** A VM's states that a guest cannot be brought into by docker-machine: Prism Central says them, the clients show them. */
describe.each([
  ['docker-machine', undefined],
  ['rancher-machine', RANCHER_MACHINE],
])('%s shows a VM that', (_name, command) => {
  let cloud: Cloud;
  let machine: Machine;
  let vm: ShownVm;
  let path: string;

  beforeAll(async () => {
    cloud = await Cloud.start();
    machine = cloud.machine({ NUTANIX_WAIT_FOR: 'ip' }, command);
    await machine.run('create', '-d', 'nutanix', 'web-1');
    path = `/vms/${cloud.simulator.vms()[0]?.uuid ?? ''}`;
    vm = shownVm.parse((await new ApiClient(cloud.simulator).call('GET', path)).body);
  });
  afterEach(() => cloud.simulator.clearFaults());
  afterAll(async () => {
    await machine.run('rm', '-y', 'web-1');
    expect(cloud.left()).toEqual(NOTHING_LEFT);
    await cloud.close();
  });

  const withPower = (power_state: string | undefined): object => {
    const resources = { ...vm.status.resources, power_state };
    return { ...vm, status: { ...vm.status, resources } };
  };
  const withState = (state: string): object => ({ ...vm, status: { ...vm.status, state } });

  test.each<[string, string, () => object]>([
    ['is paused', 'Paused', () => withPower('PAUSED')],
    ['is suspended', 'Paused', () => withPower('SUSPENDED')],
    ['has no power state', 'Error', () => withPower(undefined)],
    ['is in a power state that nobody knows', 'Error', () => withPower('DREAMING')],
    ['is being deleted', 'Stopping', () => withState('DELETE_PENDING')],
    ['has failed at its last change, and runs', 'Running', () => withState('ERROR')],
  ])('%s as %s', async (_what, shown, body) => {
    cloud.simulator.addFault({
      name: 'shown',
      match: { method: 'GET', path },
      do: { status: 200, body: body() },
    });
    expect(await machine.run('status', 'web-1')).toBe(shown);
    expect(await machine.run('ls', '--format', '{{.State}}')).toBe(shown);
  });

  test('is being created as Starting', async () => {
    cloud.simulator.addFault({
      name: 'never done',
      match: { method: 'POST', path: '/vms' },
      do: { task: { outcome: 'endless' } },
    });
    const creating = machine.start('create', '-d', 'nutanix', 'web-2');
    await creating.seen(/task .*: (QUEUED|RUNNING)/);
    expect(await machine.run('status', 'web-2')).toBe('Starting');
    const api = new ApiClient(cloud.simulator);
    const { entities } = tasks.parse(
      (await api.call('POST', '/tasks/list', { filter: 'status==RUNNING' })).body,
    );
    for (const { uuid } of entities) await api.call('POST', `/tasks/${uuid}/abort`);
    expect((await creating.outcome).output).toContain('ABORTED');
    await machine.run('rm', '-y', 'web-2');
    expect(cloud.vmNames()).toEqual(['web-1']);
  });
});
