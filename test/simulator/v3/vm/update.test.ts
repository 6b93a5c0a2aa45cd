import { PRESET } from '../../../../src/simulator/index.js';
import { at, listOf, objectOf } from '../../api-client.js';
import { started } from '../../running.js';
import { getVm, imageDisk, madeVm, nicOn, updateBody, vmBody } from '../../vm-bodies.js';

const GIB = 2 ** 30;

describe('PUT vms/{uuid}', () => {
  test("GET's body goes back unchanged and changes nothing but the version", async () => {
    const { api } = await started();
    const uuid = await madeVm(api, vmBody({ guest_customization: { cloud_init: { user_data: 'eA==' } } }));
    const before = await getVm(api, uuid);
    const task = await api.work('PUT', `/vms/${uuid}`, await updateBody(api, uuid, {}));
    expect(task).toMatchObject({ status: 'SUCCEEDED', operation_type: 'update_vm_intentful' });
    const after = await getVm(api, uuid);
    expect(after['spec']).toEqual(before['spec']);
    expect(at(after, 'status', 'resources')).toEqual(at(before, 'status', 'resources'));
  });

  test('a disk grows by its MiB alone, by its bytes, or by both', async () => {
    const { api } = await started();
    const uuid = await madeVm(api);
    const grow = async (change: Record<string, number>): Promise<unknown> => {
      const body = await updateBody(api, uuid, {});
      const disk = objectOf(at(body, 'spec', 'resources', 'disk_list', 0));
      await api.work(
        'PUT',
        `/vms/${uuid}`,
        await updateBody(api, uuid, { disk_list: [{ ...disk, ...change }] }),
      );
      return at(await getVm(api, uuid), 'status', 'resources', 'disk_list', 0, 'disk_size_bytes');
    };
    expect(await grow({ disk_size_mib: 3 * 1024 })).toBe(3 * GIB);
    expect(await grow({ disk_size_bytes: 4 * GIB })).toBe(4 * GIB);
    expect(await grow({ disk_size_bytes: 5 * GIB, disk_size_mib: 5 * 1024 })).toBe(5 * GIB);
  });

  test('a smaller disk fails the task; the machine stays as it was, in state ERROR, until the next PUT', async () => {
    const { api } = await started();
    const uuid = await madeVm(api, vmBody({ power_state: 'ON' }));
    const body = await updateBody(api, uuid, {});
    const disk = objectOf(at(body, 'spec', 'resources', 'disk_list', 0));
    const smaller = { ...disk, disk_size_mib: 1024, disk_size_bytes: GIB };
    const task = await api.work('PUT', `/vms/${uuid}`, await updateBody(api, uuid, { disk_list: [smaller] }));
    expect(task).toMatchObject({ status: 'FAILED', error_code: 'INTERNAL_ERROR' });
    expect(task['error_detail']).toContain("Can\\'t shrink disk at scsi.0 of VM web-1");
    const vm = await getVm(api, uuid);
    expect(vm['status']).toMatchObject({
      state: 'ERROR',
      message_list: [{ reason: 'INTERNAL_ERROR' }],
      resources: { power_state: 'ON', disk_list: [{ disk_size_bytes: 2 * GIB }] },
    });
    await api.work('PUT', `/vms/${uuid}`, await updateBody(api, uuid, {}));
    expect(at(await getVm(api, uuid), 'status', 'state')).toBe('COMPLETE');
  });

  test('disks and NICs left out are removed, new ones are made, kept ones keep their identity', async () => {
    const { api, simulator } = await started();
    const uuid = await madeVm(api);
    const first = await getVm(api, uuid);
    const disk = at(first, 'spec', 'resources', 'disk_list', 0);
    await api.work(
      'PUT',
      `/vms/${uuid}`,
      await updateBody(api, uuid, {
        disk_list: [disk, { disk_size_mib: 10 }],
        nic_list: [nicOn(PRESET.managedSubnet.uuid), nicOn(PRESET.unmanagedSubnet.uuid)],
      }),
    );
    const second = await getVm(api, uuid);
    expect(at(second, 'spec', 'resources', 'disk_list', 0, 'uuid')).toBe(at(disk, 'uuid'));
    expect(at(second, 'spec', 'resources', 'disk_list', 1, 'device_properties', 'disk_address')).toEqual({
      adapter_type: 'SCSI',
      device_index: 1,
    });
    expect(
      listOf(at(second, 'spec', 'resources', 'nic_list')).map((nic) => at(nic, 'ip_endpoint_list')),
    ).toEqual([[{ type: 'ASSIGNED', ip: '127.77.0.11' }], []]);
    expect(simulator.snapshot().addresses[0]?.reserved).toEqual(['127.77.0.11']);
  });

  test('a failed change of NICs gives back what it had reserved', async () => {
    const { api, simulator } = await started();
    const uuid = await madeVm(api);
    const nic = at(await getVm(api, uuid), 'spec', 'resources', 'nic_list', 0);
    const static0 = nicOn(PRESET.unmanagedSubnet.uuid, { ip_endpoint_list: [{ ip: '10.0.0.1' }] });
    const nics = [nic, nicOn(PRESET.managedSubnet.uuid), static0];
    const task = await api.work('PUT', `/vms/${uuid}`, await updateBody(api, uuid, { nic_list: nics }));
    expect(task['status']).toBe('FAILED');
    expect(simulator.snapshot().addresses[0]?.reserved).toEqual(['127.77.0.10']);
  });

  test.each([
    ['fewer sockets', { num_sockets: 1 }],
    ['less memory', { memory_size_mib: 1024 }],
    ['other cores', { num_vcpus_per_socket: 2 }],
  ])('%s needs the VM off', async (_, change) => {
    const { api } = await started();
    const uuid = await madeVm(api, vmBody({ power_state: 'ON' }));
    const put = async (extra: object): Promise<unknown> =>
      (await api.work('PUT', `/vms/${uuid}`, await updateBody(api, uuid, { ...change, ...extra })))['status'];
    expect(await put({})).toBe('FAILED');
    expect(await put({ power_state: 'OFF' })).toBe('SUCCEEDED');
  });

  test('GPUs are taken while the VM is on and free again afterwards', async () => {
    const { api } = await started();
    const gpus = async (): Promise<unknown[]> => {
      const { body } = await api.call('POST', '/hosts/list', {});
      return listOf(at(body, 'entities', 0, 'status', 'resources', 'gpu_list')).map((gpu) =>
        at(gpu, 'status'),
      );
    };
    const gpu = { vendor: 'NVIDIA', mode: 'PASSTHROUGH_COMPUTE', device_id: 5106 };
    const uuid = await madeVm(api, vmBody({ power_state: 'ON', gpu_list: [gpu, gpu] }));
    expect(await gpus()).toEqual(['USED_FOR_PASSTHROUGH', 'USED_FOR_PASSTHROUGH', 'UNUSED']);
    const other = await api.work('POST', '/vms', vmBody({ power_state: 'ON', gpu_list: [gpu] }));
    expect(other).toMatchObject({ status: 'FAILED', error_code: 'RESOURCE_SHORTAGE' });
    await api.work('DELETE', `/vms/${uuid}`);
    expect(await gpus()).toEqual(['UNUSED', 'UNUSED', 'UNUSED']);
  });

  test('of a VM that is not there: 404', async () => {
    const { api } = await started();
    const { status } = await api.call('PUT', '/vms/11111111-2222-3333-4444-555555555555', vmBody());
    expect(status).toBe(404);
  });
});

describe('versions', () => {
  test('from pc.2022.1 on a stale one is accepted, and its task fails', async () => {
    const { api } = await started();
    const uuid = await madeVm(api);
    const [first, second] = [await updateBody(api, uuid, {}), await updateBody(api, uuid, {})];
    expect(await api.work('PUT', `/vms/${uuid}`, first)).toMatchObject({ status: 'SUCCEEDED' });
    expect(await api.work('PUT', `/vms/${uuid}`, second)).toMatchObject({
      status: 'FAILED',
      error_code: 'CONCURRENT_REQUESTS_NOT_ALLOWED',
      error_detail: 'Logical timestamp mismatch: (1 vs 2)',
    });
  });

  test('two PUTs at the same time from one version: exactly one wins', async () => {
    const { api } = await started();
    const uuid = await madeVm(api);
    const body = await updateBody(api, uuid, {});
    const tasks = await Promise.all([1, 2, 3].map(() => api.work('PUT', `/vms/${uuid}`, body)));
    expect(tasks.map((task) => task['status']).sort()).toEqual(['FAILED', 'FAILED', 'SUCCEEDED']);
  });

  test.each([
    ['from pc.2022.1 on', 'pc.2024.3', { entity_version: '1' }, 'SUCCEEDED'],
    ['from pc.2022.1 on', 'pc.2024.3', { entity_version: '1', spec_version: 7 }, 'SUCCEEDED'],
    ['from pc.2022.1 on', 'pc.2024.3', { spec_version: 7 }, 'SUCCEEDED'],
    ['from pc.2022.1 on', 'pc.2024.3', {}, 'SUCCEEDED'],
    ['from pc.2022.1 on', 'pc.2024.3', { entity_version: '7', spec_version: 0 }, 'FAILED'],
    ['before', '5.20', { spec_version: 0 }, 'SUCCEEDED'],
    ['before', '5.20', { spec_version: 7 }, 409],
  ])('%s (%s): a PUT with %j as versions: %s', async (_, pcVersion, versions, outcome) => {
    const { api } = await started({ pcVersion });
    const uuid = await madeVm(api);
    const body = { ...(await updateBody(api, uuid, {})), metadata: { kind: 'vm', ...versions } };
    const answer = await api.call('PUT', `/vms/${uuid}`, body);
    const task = at(answer.body, 'status', 'execution_context', 'task_uuid');
    const found = typeof task === 'string' ? (await api.task(task))['status'] : answer.status;
    expect(found).toBe(outcome);
  });

  test('before, it is a 409 at once, by spec_version alone', async () => {
    const { api } = await started({ pcVersion: '5.20' });
    const uuid = await madeVm(api);
    const body = await updateBody(api, uuid, {});
    expect(body['metadata']).not.toHaveProperty('entity_version');
    await api.work('PUT', `/vms/${uuid}`, body);
    const { status, body: refusal } = await api.call('PUT', `/vms/${uuid}`, body);
    expect([status, refusal]).toEqual([
      409,
      {
        api_version: '3.1',
        code: 409,
        kind: 'vm',
        state: 'ERROR',
        message_list: [
          { message: 'Edit conflict: please retry change.', reason: 'CONCURRENT_REQUESTS_NOT_ALLOWED' },
        ],
      },
    ]);
  });

  test('a delete has no version to check', async () => {
    const { api } = await started();
    const uuid = await madeVm(api, vmBody({ disk_list: [imageDisk()] }));
    expect(await api.work('DELETE', `/vms/${uuid}`)).toMatchObject({
      status: 'SUCCEEDED',
      operation_type: 'delete_vm_intentful',
      entity_reference_list: [{ kind: 'vm', uuid }],
    });
  });
});
