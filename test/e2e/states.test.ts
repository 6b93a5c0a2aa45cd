import { z } from 'zod';
import { ApiClient } from '../simulator/api-client.js';
import { Cloud, NOTHING_LEFT } from './cloud.js';
import { RANCHER_MACHINE, type Machine } from './machine.js';
import { shownVm, type ShownVm } from './shown-vm.js';
import { CREATE_VM, onApi } from './spoken-api.js';

type Row = [what: string, shown: string, body: () => unknown];
const tasks = z.object({ entities: z.array(z.object({ uuid: z.string() })) });

/** A VM's states that a guest cannot be brought into by docker-machine: Prism Central says them, the clients show them. */
describe.each([
  ['docker-machine', undefined],
  ['rancher-machine', RANCHER_MACHINE],
])('%s shows a VM that', (_name, command) => {
  let cloud: Cloud;
  let machine: Machine;
  let vm: ShownVm;

  beforeAll(async () => {
    cloud = await Cloud.start();
    machine = cloud.machine({ NUTANIX_WAIT_FOR: 'ip' }, command);
    await machine.run('create', '-d', 'nutanix', 'web-1');
    vm = await shownVm(cloud, cloud.simulator.vms()[0]?.uuid ?? '');
  });
  afterEach(() => cloud.simulator.clearFaults());
  afterAll(async () => {
    await machine.run('rm', '-y', 'web-1');
    expect(cloud.left()).toEqual(NOTHING_LEFT);
    await cloud.close();
  });

  const PAUSED: Row = ['is paused', 'Paused', () => vm.withPower('PAUSED')];
  const POWERLESS: Row = ['has no power state', 'Error', () => vm.withPower(undefined)];
  const DREAMING: Row = ['is in a power state that nobody knows', 'Error', () => vm.withPower('DREAMING')];
  const rows: readonly Row[] = onApi<readonly Row[]>({
    v3: [
      PAUSED,
      ['is suspended', 'Paused', () => vm.withPower('SUSPENDED')],
      POWERLESS,
      DREAMING,
      ['is being deleted', 'Stopping', () => vm.withState('DELETE_PENDING')],
      ['has failed at its last change, and runs', 'Running', () => vm.withState('ERROR')],
    ],
    v4: [
      PAUSED,
      ['is undetermined', 'Error', () => vm.withPower('UNDETERMINED')],
      ['is in a power state that this account may not see', 'Error', () => vm.withPower('$REDACTED')],
      POWERLESS,
      DREAMING,
    ],
  });

  test.each(rows)('%s as %s', async (_what, shown, body) => {
    vm.show(body());
    expect(await machine.run('status', 'web-1')).toBe(shown);
    expect(await machine.run('ls', '--format', '{{.State}}')).toBe(shown);
  });

  test('is being created as Starting', async () => {
    cloud.simulator.addFault({
      name: 'never done',
      match: CREATE_VM,
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
    expect((await creating.outcome).output).toMatch(/ABORTED|CANCELED/);
    await machine.run('rm', '-y', 'web-2');
    expect(cloud.vmNames()).toEqual(['web-1']);
  });
});
