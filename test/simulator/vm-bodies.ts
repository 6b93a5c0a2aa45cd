import { PRESET } from '../../src/simulator/index.js';
import { at, objectOf, type ApiClient } from './api-client.js';

export const IMAGE_BYTES = 2 * 2 ** 30;

type Json = Record<string, unknown>;

export const reference = (kind: string, uuid: string): Json => ({ kind, uuid });
export const imageDisk = (extra: Json = {}): Json => ({
  data_source_reference: reference('image', PRESET.image.uuid),
  ...extra,
});
export const nicOn = (subnetUuid: string, extra: Json = {}): Json => ({
  subnet_reference: reference('subnet', subnetUuid),
  ...extra,
});

/** A small VM on the preset inventory. */
export function vmBody(resources: Json = {}, spec: Json = {}, metadata: Json = {}): Json {
  return {
    metadata: { kind: 'vm', ...metadata },
    spec: {
      name: 'web-1',
      cluster_reference: reference('cluster', PRESET.cluster.uuid),
      resources: {
        num_sockets: 2,
        memory_size_mib: 2048,
        disk_list: [imageDisk()],
        nic_list: [nicOn(PRESET.managedSubnet.uuid)],
        ...resources,
      },
      ...spec,
    },
  };
}

/** Makes a VM and waits for it. */
export async function madeVm(api: ApiClient, body: unknown = vmBody()): Promise<string> {
  const answer = await api.call('POST', '/vms', body);
  const task = await api.task(String(at(answer.body, 'status', 'execution_context', 'task_uuid')));
  if (task['status'] !== 'SUCCEEDED') throw new Error(JSON.stringify(task));
  return String(at(answer.body, 'metadata', 'uuid'));
}

export async function getVm(api: ApiClient, uuid: string): Promise<Json> {
  return objectOf((await api.call('GET', `/vms/${uuid}`)).body);
}

/** GET's body as a client sends it back, with changes to spec.resources. */
export async function updateBody(api: ApiClient, uuid: string, resources: Json): Promise<Json> {
  const vm = await getVm(api, uuid);
  const spec = objectOf(vm['spec']);
  return {
    api_version: '3.1',
    metadata: vm['metadata'],
    spec: { ...spec, resources: { ...objectOf(spec['resources']), ...resources } },
  };
}

/** A create that fails in its task: the task, and the status that GET has for the VM afterwards. */
export async function failedCreate(api: ApiClient, body: unknown): Promise<Record<string, unknown>> {
  const answer = await api.call('POST', '/vms', body);
  const task = await api.task(String(at(answer.body, 'status', 'execution_context', 'task_uuid')));
  const after = await api.call('GET', `/vms/${String(at(answer.body, 'metadata', 'uuid'))}`);
  return { ...task, get: after.status };
}
