import { profileNamed } from '../../../../src/simulator/apis.js';
import { at, listOf, objectOf } from '../../api-client.js';
import { differences, recording } from './contract.js';
import { recordedInventory } from './recorded-inventory.js';
import { started } from '../../running.js';
import { madeVm } from '../../vm-bodies.js';

/** Values that are new with every run: only their type can be compared. */
const VM_VOLATILE = [
  /^metadata\.(uuid|creation_time|last_update_time|owner_reference\.(name|uuid))$/,
  /\.(generation_uuid|bios_uuid|mac_address)$/,
  /\.(disk_list|nic_list)\[\]\.uuid$/,
  /task_uuid(\[\])?$/,
];
describe('answers beside those of a real Prism Central', () => {
  async function recordedVm() {
    const { simulator, api } = await started({ inventory: recordedInventory() });
    const { request } = recording('CreateVM');
    return { simulator, api, uuid: await madeVm(api, request.body) };
  }

  test('POST vms: the answer to the recorded request, field by field', async () => {
    const { api } = await started({ inventory: recordedInventory() });
    const { request, response } = recording('CreateVM');
    const answer = await api.call('POST', '/vms', request.body);
    expect(answer.status).toBe(response.status);
    expect(differences(response.body, answer.body, VM_VOLATILE)).toEqual([]);
  });

  test('GET vms/{uuid}: the same VM, field by field', async () => {
    const { api, uuid } = await recordedVm();
    const answer = await api.call('GET', `/vms/${uuid}`);
    const { response } = recording('GetVM');
    expect(answer.status).toBe(response.status);
    expect(differences(response.body, answer.body, VM_VOLATILE)).toEqual([]);
    expect(at(answer.body, 'status', 'resources', 'bios_uuid')).toBe(uuid);
  });

  test('POST vms/list: the same VM as the list shows it', async () => {
    const { api } = await recordedVm();
    const { request, response } = recording('ListVM');
    const answer = await api.call('POST', '/vms/list', request.body);
    expect(answer.status).toBe(200);
    expect(at(answer.body, 'metadata')).toEqual(at(response.body, 'metadata'));
    const [ours] = listOf(at(answer.body, 'entities'));
    const [real] = listOf(at(response.body, 'entities'));
    expect(differences(real, ours, VM_VOLATILE)).toEqual([]);
  });

  test('PUT vms/{uuid}: the answer to the recorded request, whose spec_version is not the present one', async () => {
    const { api, uuid } = await recordedVm();
    const before = objectOf((await api.call('GET', `/vms/${uuid}`)).body);
    const { request, response } = recording('UpdateVM');
    // The recorded client sends back what it has read; here the VM, its disk and its NIC have other identities.
    const real = recording('GetVM').response.body;
    const identities = [
      ['metadata', 'uuid'],
      ['spec', 'resources', 'disk_list', 0, 'uuid'],
      ['spec', 'resources', 'nic_list', 0, 'uuid'],
      ['spec', 'resources', 'nic_list', 0, 'mac_address'],
    ].map((path) => [String(at(real, ...path)), String(at(before, ...path))] as const);
    const ours = (value: unknown): unknown =>
      JSON.parse(identities.reduce((text, [old, own]) => text.replaceAll(old, own), JSON.stringify(value)));
    expect(at(request.body, 'metadata')).toEqual({ kind: 'vm', spec_version: 1 });
    expect(at(before, 'metadata', 'spec_version')).toBe(0);

    const answer = await api.call('PUT', `/vms/${uuid}`, ours(request.body));
    expect(answer.status).toBe(response.status);
    expect(differences(ours(response.body), answer.body, VM_VOLATILE)).toEqual([]);

    const task = await api.task(String(at(answer.body, 'status', 'execution_context', 'task_uuid')));
    expect(task).toMatchObject({ status: 'SUCCEEDED', operation_type: 'update_vm_intentful' });
    const after = (await api.call('GET', `/vms/${uuid}`)).body;
    expect(at(after, 'status', 'description')).toBe('updated-test-vm-description');
    expect(at(after, 'metadata', 'entity_version')).toBe('2');
    const nic = (vm: unknown): unknown => at(vm, 'status', 'resources', 'nic_list', 0);
    const kept = (vm: unknown): unknown[] =>
      ['uuid', 'mac_address', 'ip_endpoint_list'].map((key) => at(nic(vm), key));
    expect(kept(after)).toEqual(kept(before));
  });

  test.each([
    ['CreateVM', 'POST /vms'],
    ['GetVM', 'GET /vms/:uuid'],
    ['ListVM', 'POST /vms/list'],
    ['UpdateVM', 'PUT /vms/:uuid'],
    ['GetCluster', 'GET /clusters/:uuid'],
    ['ListCluster', 'POST /clusters/list'],
    ['GetSubnet', 'GET /subnets/:uuid'],
    ['ListSubnet', 'POST /subnets/list'],
    ['GetPrismCentral', 'GET /prism_central'],
  ])('%s: profile real takes as long as the real one said, slow four times that', (name, route) => {
    const { request, response } = recording(name);
    const [method = '', pattern = ''] = route.split(' ');
    expect(request.method).toBe(method);
    const took = Number(response.headers['X-Envoy-Upstream-Service-Time']);
    expect(profileNamed('real').call(method, pattern)).toBe(took);
    expect(profileNamed('slow').call(method, pattern)).toBe(4 * took);
  });

  test('headers', async () => {
    const { api } = await started({ pcVersion: 'pc.2024.3.0.1' });
    const { headers } = await api.call('GET', '/users/me');
    const real = recording('GetVM').response.headers;
    // Of their own with every answer, and the console's policy.
    const free = ['Date', 'Set-Cookie', 'X-Envoy-Upstream-Service-Time', 'Content-Security-Policy'];
    for (const [name, value] of Object.entries(real)) {
      const ours = headers[name.toLowerCase()];
      expect([name, free.includes(name) ? typeof ours : ours]).toEqual([
        name,
        name === 'Set-Cookie' ? 'object' : free.includes(name) ? 'string' : value,
      ]);
    }
    const cookie = String(headers['set-cookie']);
    expect(cookie).toMatch(
      /^NTNX_IAM_SESSION=[\w.-]+;Expires=\w{3}, \d\d-\w{3}-\d{4} \d\d:\d\d:00 GMT;Path=\/;Secure;HttpOnly;SameSite=Lax$/,
    );
  });
});
