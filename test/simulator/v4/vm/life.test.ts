import { randomUUID } from 'node:crypto';
import { at } from '../../api-client.js';
import { started } from '../../running.js';
import { getVm } from '../../vm-bodies.js';
import { V4Client, vmOf } from '../v4-client.js';
import { vmBody } from './vm-bodies.js';

const VMS = '/api/vmm/v4.3/ahv/config/vms';
const TASKS = '/api/prism/v4.4/config/tasks';

async function newV4(): Promise<V4Client> {
  const { api } = await started({ pcVersion: 'pc.7.6' });
  return new V4Client(api);
}

test('made, switched on and off, removed', async () => {
  const v4 = await newV4();
  const vm = await v4.made(vmBody());
  expect(vm).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[4-7][\da-f]{3}-[\da-f]{12}$/);
  expect(await v4.vm(vm)).toMatchObject({ extId: vm, biosUuid: vm, name: 'web-1', powerState: 'OFF' });
  expect(await v4.workOnVm('POST', vm, '/$actions/power-on')).toMatchObject({
    operation: 'PowerOnVm',
    status: 'SUCCEEDED',
    entitiesAffected: [{ extId: vm, rel: 'vmm:ahv:config:vm', name: 'web-1' }],
  });
  const running = await v4.vm(vm);
  expect([running['powerState'], typeof at(running, 'host', 'extId')]).toEqual(['ON', 'string']);
  await v4.workOnVm('POST', vm, '/$actions/power-off');
  expect(Object.keys(await v4.vm(vm))).not.toContain('host');
  expect(await v4.workOnVm('DELETE', vm, '')).toMatchObject({ operation: 'DeleteVm', status: 'SUCCEEDED' });
  const gone = await v4.get(`${VMS}/${vm}`);
  expect([
    gone.status,
    at(gone.body, 'data', 'error', 0, 'code'),
    at(gone.body, 'data', 'error', 0, 'argumentsMap'),
  ]).toEqual([404, 'VMM-30100', { vm_uuid: vm }]);
});

test('the same VM and the same tasks through both APIs', async () => {
  const v4 = await newV4();
  const vm = await v4.made(vmBody({ description: 'mine' }));
  expect(await getVm(v4.older, vm)).toMatchObject({
    spec: { name: 'web-1', description: 'mine', resources: { num_sockets: 2, memory_size_mib: 2048 } },
  });
  const old = await v4.older.work('DELETE', `/vms/${vm}`);
  expect(await v4.task(`ZXJnb24=:${String(old['uuid'])}`)).toMatchObject({
    operation: 'delete_vm_intentful',
    status: 'SUCCEEDED',
    entitiesAffected: [{ extId: vm, rel: 'vmm:ahv:config:vm' }],
  });
  const { body } = await v4.older.call('POST', '/tasks/list', {});
  expect(at(body, 'entities', 0)).toMatchObject({ operation_type: 'CreateVm', status: 'SUCCEEDED' });
});

test('a request id makes one VM, also when it is sent again later', async () => {
  const v4 = await newV4();
  const id = randomUUID();
  const first = await v4.change('POST', VMS, vmBody(), { id });
  await v4.task(String(at(first.body, 'data', 'extId')));
  const second = await v4.change('POST', VMS, vmBody({ name: 'other' }), { id });
  expect([second.status, second.body]).toEqual([202, first.body]);
  expect(at((await v4.get(VMS)).body, 'metadata', 'totalAvailableResults')).toBe(1);
});

/** [what is wrong, body, error of the task]; recorded-v4 C3, C5, C7, D2, and C4 by its code */
test.each([
  ['switched on', { powerState: 'ON' }, 'VMM-30109', 'VM_INVALID_ARGUMENT'],
  ['unknown cluster', { cluster: { extId: randomUUID() } }, 'VMM-30106', 'VM_INVALID_ARGUMENT'],
  [
    'unknown subnet',
    { nics: [{ networkInfo: { subnet: { extId: randomUUID() } } }] },
    'VMM-30604',
    'SUBNET_NOT_FOUND_ERROR',
  ],
  ['too many cores', { numSockets: 256, numCoresPerSocket: 2 }, 'VMM-34400', 'RESOURCE_SHORTAGE_ERROR'],
])('%s is accepted and fails in the task', async (_, members, code, group) => {
  const v4 = await newV4();
  const task = await v4.work('POST', VMS, vmBody(members));
  expect(task).toMatchObject({ status: 'FAILED', progressPercentage: 100, numberOfEntitiesAffected: 1 });
  expect(at(task, 'errorMessages', 0)).toMatchObject({
    code,
    errorGroup: group,
    locale: 'en_US',
    severity: 'ERROR',
  });
  expect(Object.keys(task)).not.toContain('completionDetails');
  expect((await v4.get(`${VMS}/${vmOf(task)}`)).status).toBe(404);
});

test('nothing has to be said of a VM', async () => {
  const v4 = await newV4();
  const vm = await v4.made({});
  expect(Object.keys(await v4.vm(vm))).not.toContain('name');
});

test('a task is known by its whole id only', async () => {
  const v4 = await newV4();
  const vm = await v4.made(vmBody());
  const list = await v4.get(
    `${TASKS}?$filter=entitiesAffected/any(a:a/extId+eq+'${vm}')&$select=extId,status`,
  );
  const extId = String(at(list.body, 'data', 0, 'extId'));
  expect(at(list.body, 'data')).toMatchObject([{ extId, status: 'SUCCEEDED' }]);
  const bare = await v4.get(`${TASKS}/${extId.split(':')[1] ?? ''}`);
  const unknown = await v4.get(`${TASKS}/ZXJnb24=:${randomUUID()}`);
  expect([bare.status, unknown.status]).toEqual([400, 400]);
});
