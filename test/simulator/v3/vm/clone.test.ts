import { at, listOf } from '../../api-client.js';
import { started } from '../../running.js';
import { getVm, madeVm, vmBody } from '../../vm-bodies.js';

test('a clone has its own identity, addresses and cloud-init drive, and is off', async () => {
  const { api } = await started();
  const customization = { guest_customization: { cloud_init: { user_data: 'eA==' } } };
  const source = await madeVm(api, vmBody({ power_state: 'ON', ...customization }));
  const answer = await api.call('POST', `/vms/${source}/clone`, {
    override_spec: { name: 'copy', memory_size_mib: 4096 },
  });
  expect(Object.keys(answer.body as object)).toEqual(['task_uuid']);
  const task = await api.task(String(at(answer.body, 'task_uuid')));
  const uuid = String(at(task, 'entity_reference_list', 0, 'uuid'));
  expect([task['status'], uuid === source]).toEqual(['SUCCEEDED', false]);
  const [original, copy] = [await getVm(api, source), await getVm(api, uuid)];
  expect(copy).toMatchObject({
    spec: { name: 'copy', resources: { memory_size_mib: 4096, parent_reference: { uuid: source } } },
    status: { resources: { power_state: 'OFF' } },
  });
  const identities = (vm: unknown): unknown[] => [
    ...listOf(at(vm, 'spec', 'resources', 'disk_list')).map((disk) => at(disk, 'uuid')),
    ...listOf(at(vm, 'spec', 'resources', 'nic_list')).flatMap((nic) => [
      at(nic, 'uuid'),
      at(nic, 'mac_address'),
      at(nic, 'ip_endpoint_list', 0, 'ip'),
    ]),
  ];
  expect(identities(copy)).toHaveLength(identities(original).length);
  expect(new Set([...identities(original), ...identities(copy)]).size).toBe(10);
});
