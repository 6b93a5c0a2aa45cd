import { PRESET, startSimulator } from '../../../../src/simulator/index.js';
import { at, listOf } from '../../api-client.js';
import { HeldClock } from '../../held-clock.js';
import { RecordingGuests } from '../../recording-guests.js';
import { started } from '../../running.js';
import { getVm, imageDisk, madeVm, nicOn, updateBody, vmBody } from '../../vm-bodies.js';

const USER_DATA = Buffer.from('#cloud-config\n').toString('base64');
const acpi = { power_state: 'OFF', power_state_mechanism: { mechanism: 'ACPI' } };

async function runningVm(options: Parameters<typeof started>[0] = {}) {
  const guests = new RecordingGuests();
  const { api, simulator } = await started({ guests, ...options });
  const body = vmBody({
    power_state: 'ON',
    disk_list: [imageDisk(), { disk_size_mib: 1024 }],
    nic_list: [nicOn(PRESET.managedSubnet.uuid), nicOn(PRESET.unmanagedSubnet.uuid)],
    guest_customization: { cloud_init: { user_data: USER_DATA } },
  });
  const uuid = await madeVm(api, body);
  const power = async (): Promise<unknown> =>
    at(await getVm(api, uuid), 'status', 'resources', 'power_state');
  return { api, simulator, guests, uuid, power };
}

describe('what the guest is given', () => {
  test('user data as text, NICs with their addresses, disks without the cloud-init drive', async () => {
    const { api, guests, uuid } = await runningVm();
    const vm = await getVm(api, uuid);
    const [first, second] = listOf(at(vm, 'spec', 'resources', 'nic_list'));
    expect(guests.specs).toEqual([
      {
        vmUuid: uuid,
        name: 'web-1',
        userData: '#cloud-config\n',
        metaData: undefined,
        memoryMiB: 2048,
        cpus: 2,
        nics: [
          {
            uuid: at(first, 'uuid'),
            macAddress: at(first, 'mac_address'),
            address: '127.77.0.10',
            prefixLength: 16,
            subnetUuid: PRESET.managedSubnet.uuid,
            gateway: '127.77.0.1',
          },
          {
            uuid: at(second, 'uuid'),
            macAddress: at(second, 'mac_address'),
            address: undefined,
            prefixLength: undefined,
            subnetUuid: PRESET.unmanagedSubnet.uuid,
            gateway: undefined,
          },
        ],
        disks: [
          {
            uuid: at(vm, 'spec', 'resources', 'disk_list', 0, 'uuid'),
            sizeBytes: 2 ** 31,
            adapter: 'SCSI',
            index: 0,
          },
          {
            uuid: at(vm, 'spec', 'resources', 'disk_list', 1, 'uuid'),
            sizeBytes: 2 ** 30,
            adapter: 'SCSI',
            index: 1,
          },
        ],
      },
    ]);
  });
});

describe('learned addresses', () => {
  test('appear in status only, in order, link-local ones too, and go with the power', async () => {
    const { api, guests, uuid } = await runningVm();
    const nic = guests.specs[0]?.nics[1]?.uuid ?? '';
    for (const ip of ['169.254.7.7', '10.9.8.7', '10.9.8.7']) guests.events[0]?.addressLearned(nic, ip);
    const vm = await getVm(api, uuid);
    expect(at(vm, 'spec', 'resources', 'nic_list', 1, 'ip_endpoint_list')).toEqual([]);
    expect(at(vm, 'status', 'resources', 'nic_list', 1, 'ip_endpoint_list')).toEqual([
      { ip: '169.254.7.7', type: 'LEARNED' },
      { ip: '10.9.8.7', type: 'LEARNED' },
    ]);
    await api.work('PUT', `/vms/${uuid}`, await updateBody(api, uuid, { power_state: 'OFF' }));
    const off = await getVm(api, uuid);
    expect(at(off, 'status', 'resources', 'nic_list', 1, 'ip_endpoint_list')).toEqual([]);
    expect(at(off, 'status', 'resources', 'host_reference')).toBeUndefined();
    // What a guest that is gone still says is not heard.
    guests.events[0]?.addressLearned(nic, '10.9.8.8');
    expect(at(await getVm(api, uuid), 'status', 'resources', 'nic_list', 1, 'ip_endpoint_list')).toEqual([]);
  });
});

describe('power by PUT', () => {
  test('OFF pulls the plug, ON boots again, the same state again is a task and nothing else', async () => {
    const { api, guests, uuid, power } = await runningVm();
    for (const state of ['ON', 'OFF', 'OFF', 'ON']) {
      const task = await api.work('PUT', `/vms/${uuid}`, await updateBody(api, uuid, { power_state: state }));
      expect([task['status'], await power()]).toEqual(['SUCCEEDED', state]);
    }
    expect(guests.asked).toEqual(['powerOn web-1', 'powerOff web-1', 'powerOn web-1']);
  });

  test('ACPI waits for the guest', async () => {
    const { api, guests, uuid, power } = await runningVm();
    const work = api.work('PUT', `/vms/${uuid}`, await updateBody(api, uuid, acpi));
    while (!guests.asked.includes('requestShutdown web-1'))
      await new Promise((resolve) => setImmediate(resolve));
    expect(await power()).toBe('ON');
    guests.events[0]?.poweredOff();
    expect([(await work)['status'], await power()]).toEqual(['SUCCEEDED', 'OFF']);
    expect(guests.asked).not.toContain('powerOff web-1');
  });

  test('a guest that ignores ACPI fails the task: state ERROR, still on, and HARD works then', async () => {
    const clock = new HeldClock();
    const guests = new RecordingGuests();
    const { api } = await started({ guests, clock });
    const { body } = await api.call('POST', '/vms', vmBody({ power_state: 'ON' }));
    const uuid = String(at(body, 'metadata', 'uuid'));
    await clock.advance(100);
    const put = await api.call('PUT', `/vms/${uuid}`, await updateBody(api, uuid, acpi));
    await clock.advance(60_000);
    const task = await api.call(
      'GET',
      `/tasks/${String(at(put.body, 'status', 'execution_context', 'task_uuid'))}`,
    );
    expect(at(task.body, 'status')).toBe('FAILED');
    const vm = await getVm(api, uuid);
    expect(vm['status']).toMatchObject({ state: 'ERROR', resources: { power_state: 'ON' } });
    expect(at(vm, 'spec', 'resources', 'power_state_mechanism', 'mechanism')).toBe('HARD');
    await api.call('PUT', `/vms/${uuid}`, await updateBody(api, uuid, { power_state: 'OFF' }));
    await clock.advance(100);
    expect(await getVm(api, uuid)).toMatchObject({
      status: { state: 'COMPLETE', resources: { power_state: 'OFF' } },
    });
  });

  test('GUEST needs guest tools, which are not there', async () => {
    const { api, uuid, power } = await runningVm();
    const off = { power_state: 'OFF', power_state_mechanism: { mechanism: 'GUEST' } };
    const task = await api.work('PUT', `/vms/${uuid}`, await updateBody(api, uuid, off));
    expect([task['status'], await power()]).toEqual(['FAILED', 'ON']);
  });
});

describe('actions', () => {
  test.each([
    ['acpi_shutdown', ['requestShutdown web-1']],
    ['acpi_reboot', ['requestReboot web-1']],
    ['reset', ['reset web-1']],
    ['power_cycle', ['powerOff web-1', 'powerOn web-1']],
  ])('%s', async (action, asked) => {
    const { api, guests, uuid, power } = await runningVm();
    const answer = await api.call('POST', `/vms/${uuid}/${action}`, {});
    expect([answer.status, Object.keys(answer.body as object)]).toEqual([202, ['task_uuid']]);
    const task = await api.task(String(at(answer.body, 'task_uuid')));
    expect([task['status'], await power()]).toEqual(['SUCCEEDED', 'ON']);
    expect(guests.asked.slice(1)).toEqual(asked);
  });

  test.each(['guest_shutdown', 'guest_reboot'])('%s fails without guest tools', async (action) => {
    const { api, uuid } = await runningVm();
    expect((await api.work('POST', `/vms/${uuid}/${action}`, {}))['status']).toBe('FAILED');
  });

  test('need a VM that is on, and one that exists', async () => {
    const { api } = await started();
    const uuid = await madeVm(api);
    expect(await api.work('POST', `/vms/${uuid}/reset`)).toMatchObject({
      status: 'FAILED',
      error_detail: 'InvalidVmState: VM web-1 is not powered on',
    });
    expect((await api.call('POST', `/vms/11111111-2222-3333-4444-555555555555/reset`, {})).status).toBe(404);
  });

  test('a task UUID of the client makes a repetition harmless', async () => {
    const { api, guests, uuid } = await runningVm();
    const body = { task_uuid: '11111111-2222-3333-4444-555555555555' };
    for (let times = 0; times < 2; times += 1) {
      const answer = await api.call('POST', `/vms/${uuid}/acpi_reboot`, body);
      expect(answer.body).toEqual(body);
      await api.task(body.task_uuid);
    }
    expect(guests.asked.slice(1)).toEqual(['requestReboot web-1']);
  });

  test('a guest that turns itself off is off', async () => {
    const { api, guests, uuid } = await runningVm();
    guests.events[0]?.poweredOff();
    expect(await getVm(api, uuid)).toMatchObject({
      spec: { resources: { power_state: 'OFF' } },
      status: { state: 'COMPLETE', resources: { power_state: 'OFF' } },
    });
  });
});

describe('when the guest cannot start', () => {
  test('a create leaves a real VM that is off, with a failed task', async () => {
    const guests = new RecordingGuests();
    guests.failure = new Error('port 22 is in use');
    const { api, simulator } = await started({ guests });
    const task = await api.work('POST', '/vms', vmBody({ power_state: 'ON' }));
    expect(task).toMatchObject({
      status: 'FAILED',
      error_code: 'INTERNAL_ERROR',
      error_detail: 'port 22 is in use',
    });
    expect(simulator.vms()).toMatchObject([{ state: 'ERROR', power: 'OFF', made: true }]);
    const uuid = simulator.vms()[0]?.uuid ?? '';
    expect((await api.work('DELETE', `/vms/${uuid}`))['status']).toBe('SUCCEEDED');
  });
});

test('a power-on that fails takes nothing of its PUT: no NIC, no address, the old spec', async () => {
  const guests = new RecordingGuests();
  const { api, simulator } = await started({ guests });
  const uuid = await madeVm(api);
  const before = (await getVm(api, uuid))['spec'];
  guests.failure = new Error('port 22 is in use');
  const nics = [...listOf(at(before, 'resources', 'nic_list')), nicOn(PRESET.managedSubnet.uuid)];
  const body = await updateBody(api, uuid, { power_state: 'ON', nic_list: nics });
  expect((await api.work('PUT', `/vms/${uuid}`, body))['error_detail']).toBe('port 22 is in use');
  expect((await getVm(api, uuid))['spec']).toEqual(before);
  expect(simulator.snapshot().addresses[0]?.reserved).toEqual(['127.77.0.10']);
});

test('deleting a running VM ends its guest and what it kept; closing ends all guests', async () => {
  const { api, guests, uuid, simulator } = await runningVm();
  await api.work('DELETE', `/vms/${uuid}`);
  expect(guests.asked.slice(1)).toEqual(['powerOff web-1', 'remove']);
  await simulator.close();
  await simulator.close();
  expect(guests.asked.filter((what) => what === 'close')).toEqual(['close']);
});

test('a port in use is one clear error', async () => {
  const { simulator } = await started();
  await expect(startSimulator({ port: simulator.port })).rejects.toMatchObject({
    code: 'unreachable',
    attempted: `listen on 127.0.0.1:${String(simulator.port)}`,
  });
});
