import { PRESET } from '../../src/simulator/index.js';
import { silentLogger } from '../../src/support/index.js';
import { at } from './api-client.js';
import { RecordingGuests } from './recording-guests.js';
import { started } from './running.js';
import { getVm, imageDisk, madeVm, nicOn, vmBody } from './vm-bodies.js';

const gpu = { vendor: 'NVIDIA', mode: 'PASSTHROUGH_COMPUTE', device_id: 5106 };

/** The way through a file. */
const throughJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test('a simulator goes on where another one was: VMs, addresses, reservations, what was on is on', async () => {
  const first = await started({ guests: new RecordingGuests() });
  await first.api.call('POST', '/idempotence_identifiers', { client_identifier: 'me', count: 3 });
  await first.api.call('PUT', '/categories/tier', { name: 'tier' });
  const on = await madeVm(
    first.api,
    vmBody({
      power_state: 'ON',
      disk_list: [imageDisk(), { disk_size_mib: 5 }],
      nic_list: [nicOn(PRESET.managedSubnet.uuid), nicOn(PRESET.unmanagedSubnet.uuid)],
      // All there are: they have to be free again for the next boot.
      gpu_list: [gpu, gpu],
      guest_customization: { cloud_init: { user_data: 'eA==' } },
    }),
  );
  const off = await madeVm(first.api, vmBody({}, { name: 'off', description: 'd' }));
  const saved = throughJson(first.simulator.save());
  const before = [await getVm(first.api, on), await getVm(first.api, off)];
  await first.simulator.close();

  const guests = new RecordingGuests();
  const second = await started({ guests, state: saved });
  const after = [await getVm(second.api, on), await getVm(second.api, off)];
  expect(after.map((vm) => vm['spec'])).toEqual(before.map((vm) => vm['spec']));
  expect(after.map((vm) => vm['metadata'])).toEqual(before.map((vm) => vm['metadata']));
  expect(guests.asked).toEqual(['powerOn web-1']);
  expect(at(after[0], 'status', 'resources', 'power_state')).toBe('ON');
  expect(await second.api.call('GET', '/idempotence_identifiers/me')).toMatchObject({ body: { count: 3 } });
  expect((await second.api.call('GET', '/categories/tier')).status).toBe(200);
  const third = await getVm(second.api, await madeVm(second.api));
  expect(at(third, 'spec', 'resources', 'nic_list', 0, 'ip_endpoint_list', 0, 'ip')).toBe('127.77.0.12');
  expect(throughJson(second.simulator.save())).toMatchObject({ vms: [{ uuid: on }, { uuid: off }, {}] });
});

test('work that was under way is over', async () => {
  const endless = {
    name: 'e',
    match: { method: 'POST', path: '/vms', nth: 2 },
    do: { task: { outcome: 'endless' } },
  } as const;
  const { api, simulator } = await started({ faults: [endless] });
  const kept = await madeVm(api);
  await api.call('POST', '/vms', vmBody());
  const second = await started({ state: throughJson(simulator.save()) });
  expect(second.simulator.vms()).toMatchObject([{ uuid: kept, state: 'COMPLETE' }]);
});

test('what guests have on their disks is saved with their VMs, and loaded before they start', async () => {
  const saving = { save: (vms: ReadonlySet<string>) => ({ kept: [...vms] }) };
  const first = await started({ guests: Object.assign(new RecordingGuests(), saving) });
  const on = await madeVm(first.api, vmBody({ power_state: 'ON' }));
  const state = throughJson(first.simulator.save());
  expect(state).toMatchObject({ guests: { kind: 'recording', kept: { kept: [on] } } });
  const guests = new RecordingGuests();
  const load = (saved: unknown): void => void guests.asked.push(`load ${JSON.stringify(saved)}`);
  await started({ guests: Object.assign(guests, { load }), state });
  expect(guests.asked).toEqual([`load {"kept":["${on}"]}`, 'powerOn web-1']);
});

test('guests of another kind start with fresh disks, and that is said', async () => {
  const { simulator } = await started();
  const state = { ...simulator.save(), guests: { kind: 'emulated', kept: {} } };
  const warnings: string[] = [];
  await started({ state, logger: { ...silentLogger, warn: (line) => void warnings.push(line) } });
  expect(warnings).toEqual(['The state has disks of emulated guests; none guests start with fresh ones.']);
});

test('a VM whose guest cannot start again is off', async () => {
  const { api, simulator } = await started();
  await madeVm(api, vmBody({ power_state: 'ON' }));
  const guests = new RecordingGuests();
  guests.failure = new Error('port in use');
  const second = await started({ guests, state: throughJson(simulator.save()) });
  expect(second.simulator.vms()).toMatchObject([{ power: 'OFF' }]);
});

test.each([
  ['nothing', null],
  ['another format', { format: 'x' }],
  ['another version', { version: 1 }],
  ['a server that is none', { server: { password: 5 } }],
  ['a damaged VM', { vms: [{ uuid: 5 }] }],
])('%s is refused', async (_, change) => {
  const { simulator } = await started();
  const state = change === null ? 5 : { ...simulator.save(), ...change };
  await expect(started({ state })).rejects.toMatchObject({ code: 'invalid-input' });
});
