import { PRESET } from '../../../src/simulator/index.js';
import { at } from '../api-client.js';
import { started } from '../running.js';
import { getVm, madeVm, updateBody, vmBody } from '../vm-bodies.js';

const users = [{ username: 'eve', password: 'x', role: 'viewer' as const }];
const asEve = { headers: { authorization: `Basic ${Buffer.from('eve:x').toString('base64')}` } };
const entity = (kind: string, resources: object) => ({
  metadata: { kind },
  spec: { name: 'new', resources },
});
const image = entity('image', { image_type: 'DISK_IMAGE', source_uri: 'http://images.example/a.img' });
const subnet = {
  metadata: { kind: 'subnet' },
  spec: {
    name: 'new',
    cluster_reference: { kind: 'cluster', uuid: PRESET.cluster.uuid },
    resources: { subnet_type: 'VLAN', vlan_id: 900 },
  },
};
const project = { metadata: { kind: 'project' }, spec: { name: 'new', resources: {} } };

/** Path, with the UUID of a running VM for `:vm`, and body; what the administrator could do with each of them. */
const CHANGES: [method: string, path: string, body?: object | string][] = [
  ['POST', '/vms', vmBody()],
  ['PUT', '/vms/:vm', 'the VM, switched off'],
  ['POST', '/vms/:vm/clone', {}],
  ['POST', '/vms/:vm/acpi_shutdown', {}],
  ['POST', '/vms/:vm/reset', {}],
  ['POST', '/vms/:vm/power_cycle', {}],
  ['DELETE', '/vms/:vm'],
  ['POST', '/images', image],
  ['DELETE', `/images/${PRESET.iso.uuid}`],
  ['POST', '/subnets', subnet],
  ['DELETE', `/subnets/${PRESET.unmanagedSubnet.uuid}`],
  ['POST', '/projects', project],
  ['DELETE', `/projects/${PRESET.project.uuid}`],
  ['PUT', '/categories/new', { name: 'new' }],
  ['PUT', '/categories/env/new', { value: 'new' }],
  ['DELETE', '/categories/env/eu'],
];

/** Makes the change as somebody; whether it was refused, at once or by its task, and what is different then. */
async function change(method: string, path: string, body: unknown, options: object) {
  const { api, simulator } = await started({ users });
  const vm = await madeVm(api, vmBody({ power_state: 'ON' }));
  const sent = body === 'the VM, switched off' ? await updateBody(api, vm, { power_state: 'OFF' }) : body;
  const look = async (): Promise<unknown> => {
    const state = simulator.save();
    const entities = [state.vms, state.images, state.subnets, state.projects].map((all) =>
      all.map(({ uuid }) => uuid),
    );
    const power = at(await getVm(api, vm).catch(() => undefined), 'status', 'resources', 'power_state');
    return [entities, state.categories, power];
  };
  const before = await look();
  const { status, body: answer } = await api.call(method, path.replace(':vm', vm), sent, options);
  const context = at(answer, 'status', 'execution_context', 'task_uuid') ?? at(answer, 'task_uuid');
  const task = typeof context === 'string' ? await api.task(context) : {};
  const reason = task['error_code'] ?? at(answer, 'message_list', 0, 'reason');
  return {
    reason,
    status,
    task: task['status'],
    isSame: JSON.stringify(await look()) === JSON.stringify(before),
  };
}

describe.each(CHANGES)('%s %s', (method: string, path: string, body?: object | string) => {
  test('a viewer is refused, and nothing is different', async () => {
    expect(await change(method, path, body, asEve)).toMatchObject({ reason: 'ACCESS_DENIED', isSame: true });
  });

  test('the administrator is not', async () => {
    const { reason, status } = await change(method, path, body, {});
    expect([reason, status < 300]).toEqual([undefined, true]);
  });
});
