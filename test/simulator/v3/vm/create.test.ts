import { PRESET } from '../../../../src/simulator/index.js';
import { at, listOf, objectOf } from '../../api-client.js';
import { started } from '../../running.js';
import {
  failedCreate,
  getVm,
  IMAGE_BYTES,
  imageDisk,
  madeVm,
  nicOn,
  reference,
  vmBody,
} from '../../vm-bodies.js';

describe('a created VM', () => {
  test('has what the server fills in', async () => {
    const { api } = await started();
    const uuid = await madeVm(
      api,
      vmBody({
        power_state: 'ON',
        disk_list: [
          imageDisk({ disk_size_mib: 4096 }),
          {
            disk_size_bytes: 3 * 2 ** 30 + 1,
            storage_config: {
              storage_container_reference: reference('storage_container', PRESET.defaultContainer.uuid),
            },
          },
        ],
        guest_customization: { cloud_init: { user_data: 'I2Nsb3VkLWNvbmZpZw==' } },
        serial_port_list: [{ index: 0, is_connected: true }],
      }),
    );
    const vm = await getVm(api, uuid);
    const resources = objectOf(at(vm, 'spec', 'resources'));
    const disks = listOf(resources['disk_list']);
    expect(
      disks.map((disk) => [
        at(disk, 'device_properties', 'device_type'),
        at(disk, 'device_properties', 'disk_address', 'adapter_type'),
        at(disk, 'device_properties', 'disk_address', 'device_index'),
        at(disk, 'disk_size_mib'),
        at(disk, 'disk_size_bytes'),
        at(disk, 'storage_config', 'storage_container_reference', 'name'),
      ]),
    ).toEqual([
      ['DISK', 'SCSI', 0, 4096, 4096 * 2 ** 20, 'SelfServiceContainer'],
      ['DISK', 'SCSI', 1, 3073, 3 * 2 ** 30 + 1, 'default-container'],
      ['CDROM', 'IDE', 0, 1, 382_976, undefined],
    ]);
    expect(resources).toMatchObject({
      power_state: 'ON',
      num_vcpus_per_socket: 1,
      serial_port_list: [{ index: 0, is_connected: true }],
      guest_customization: { cloud_init: { user_data: 'I2Nsb3VkLWNvbmZpZw==' } },
    });
    expect(at(resources, 'nic_list', 0, 'mac_address')).toMatch(/^50:6b:8d(:[0-9a-f]{2}){3}$/);
    expect(at(vm, 'status', 'resources', 'host_reference', 'kind')).toBe('host');
  });

  test('the smallest legal body makes a small VM that is off, where one cluster can be meant', async () => {
    const { presetInventory } = await import('../../../../src/simulator/index.js');
    const preset = presetInventory();
    const inventory = { ...preset, clusters: preset.clusters.filter(({ name }) => name !== 'DR-Cluster') };
    const { api } = await started({ inventory });
    const uuid = await madeVm(api, { metadata: { kind: 'vm' }, spec: { name: 'NewVM', resources: {} } });
    expect(at(await getVm(api, uuid), 'status', 'resources')).toMatchObject({
      power_state: 'OFF',
      num_sockets: 1,
      num_vcpus_per_socket: 1,
      memory_size_mib: 1024,
    });
  });

  test('Q35 has its cloud-init drive on SATA', async () => {
    const { api } = await started();
    const uuid = await madeVm(
      api,
      vmBody({ machine_type: 'Q35', guest_customization: { cloud_init: { user_data: 'eA==' } } }),
    );
    const address = at(await getVm(api, uuid), 'spec', 'resources', 'disk_list', 1, 'device_properties');
    expect(at(address, 'disk_address', 'adapter_type')).toBe('SATA');
  });

  test('categories come in two forms and go out in both', async () => {
    const { api } = await started();
    const mapping = { use_categories_mapping: true, categories_mapping: { env: ['prod', 'eu'] } };
    const many = await getVm(api, await madeVm(api, vmBody({}, {}, mapping)));
    expect(many['metadata']).toMatchObject({
      categories: { env: 'prod' },
      categories_mapping: { env: ['prod', 'eu'] },
    });
    const ignored = { categories: { env: 'test' }, categories_mapping: { env: ['prod'] } };
    const one = await getVm(api, await madeVm(api, vmBody({}, {}, ignored)));
    expect(one['metadata']).toMatchObject({
      categories: { env: 'test' },
      categories_mapping: { env: ['test'] },
    });
  });

  test('two VMs of one name are two VMs', async () => {
    const { api } = await started();
    expect(await madeVm(api)).not.toBe(await madeVm(api));
    const { body } = await api.call('POST', '/vms/list', { filter: 'vm_name==web-1' });
    expect(at(body, 'metadata', 'total_matches')).toBe(2);
  });
});

describe('what is refused', () => {
  const unknown = '11111111-2222-3333-4444-555555555555';

  test('a disk smaller than its image: at once, 400', async () => {
    const { api } = await started();
    const { status, body } = await api.call(
      'POST',
      '/vms',
      vmBody({ disk_list: [imageDisk({ disk_size_mib: 1 })] }),
    );
    expect([status, at(body, 'message_list', 0)]).toEqual([
      400,
      {
        reason: 'INVALID_ARGUMENT',
        message: `Requested image size 1048576 is less than actual size ${String(IMAGE_BYTES)}`,
      },
    ]);
  });

  test('a LEARNED address in the request: at once, 422', async () => {
    const { api } = await started();
    const nic = nicOn(PRESET.managedSubnet.uuid, {
      ip_endpoint_list: [{ ip: '127.77.0.9', type: 'LEARNED' }],
    });
    const { status, body } = await api.call('POST', '/vms', vmBody({ nic_list: [nic] }));
    expect(status).toBe(422);
    expect(JSON.stringify(body)).toContain("IP address with type 'LEARNED' not allowed");
  });

  test.each([
    [
      'an unknown image',
      vmBody({ disk_list: [imageDisk({ data_source_reference: reference('image', unknown) })] }),
    ],
    ['an unknown subnet', vmBody({ nic_list: [nicOn(unknown)] })],
    ['an unknown cluster', vmBody({}, { cluster_reference: reference('cluster', unknown) })],
    [
      'Prism Central itself',
      vmBody({}, { cluster_reference: reference('cluster', PRESET.prismCentral.uuid) }),
    ],
    ['an unknown project', vmBody({}, {}, { project_reference: reference('project', unknown) })],
    ['an unknown category', vmBody({}, {}, { categories: { env: 'nowhere' } })],
    ['a UUID that was not reserved', vmBody({}, {}, { uuid: unknown })],
    ['more memory than a host has', vmBody({ power_state: 'ON', memory_size_mib: 9_000_000 })],
    [
      'a container of another cluster',
      vmBody({
        disk_list: [
          {
            disk_size_mib: 1,
            storage_config: {
              storage_container_reference: reference(
                'storage_container',
                'ac99ea6c-7952-46ac-84a3-6ea3d3499555',
              ),
            },
          },
        ],
      }),
    ],
  ])('%s: by the task', async (_, body) => {
    const { api } = await started();
    const task = await failedCreate(api, body);
    expect([task['status'], typeof task['error_code'], typeof task['error_detail']]).toEqual([
      'FAILED',
      'string',
      'string',
    ]);
  });

  test('before pc.2022.1 an unknown category is told at once, and a failed create is shown for 5 minutes', async () => {
    const { HeldClock } = await import('../../held-clock.js');
    const clock = new HeldClock();
    const { api } = await started({ pcVersion: 'pc.2021.9', clock });
    const refused = await api.call('POST', '/vms', vmBody({}, {}, { categories: { env: 'nowhere' } }));
    expect([refused.status, at(refused.body, 'message_list', 0, 'reason')]).toEqual([
      404,
      'CATEGORY_NAME_VALUE_MISMATCH',
    ]);
    const accepted = await api.call('POST', '/vms', vmBody({ nic_list: [nicOn(unknown)] }));
    expect(accepted.body).toMatchObject({ metadata: { project_reference: { name: '_internal' } } });
    const path = `/vms/${String(at(accepted.body, 'metadata', 'uuid'))}`;
    await clock.advance(100);
    const shown = await api.call('GET', path);
    expect([shown.status, at(shown.body, 'status', 'state')]).toEqual([202, 'ERROR']);
    await clock.advance(5 * 60_000);
    expect((await api.call('GET', path)).status).toBe(404);
  });
});
