import { PRESET } from '../../../src/simulator/index.js';
import { at, listOf, objectOf } from '../api-client.js';
import { started } from '../running.js';
import { getVm, imageDisk, madeVm, nicOn, updateBody, vmBody } from '../vm-bodies.js';

const GIB = 2 ** 30;

/**
 * Requests in the forms that other people's programs send and that the Go client's own tests do not cover: as
 * seen in the simulator's log while these programs ran against it (docs/simulator.md).
 */
describe('a disk that Terraform grows', () => {
  test('is sent with its old size in bytes and its new one in MiB: the new one counts', async () => {
    const { api } = await started();
    const uuid = await madeVm(api, vmBody({ disk_list: [imageDisk({ disk_size_mib: 4096 })] }));
    const before = await getVm(api, uuid);
    const disk = objectOf(at(before, 'spec', 'resources', 'disk_list', 0));
    expect(disk).toMatchObject({ disk_size_bytes: 4 * GIB, disk_size_mib: 4096 });
    const grown = { ...disk, disk_size_mib: 8192 };
    const body = await updateBody(api, uuid, { disk_list: [grown] });
    expect((await api.work('PUT', `/vms/${uuid}`, body))['status']).toBe('SUCCEEDED');
    const after = at(await getVm(api, uuid), 'status', 'resources', 'disk_list', 0);
    expect(after).toMatchObject({ uuid: disk['uuid'], disk_size_bytes: 8 * GIB, disk_size_mib: 8192 });
  });
});

describe('the metadata that the Go programs send back', () => {
  /** Their type of it has neither `categories_mapping` without the flag nor anything that it does not know. */
  test('changes nothing that it does not name', async () => {
    const { api } = await started();
    const categories = { Environment: 'Production' };
    const uuid = await madeVm(api, vmBody({}, {}, { categories }));
    const { metadata: read, spec } = objectOf(await getVm(api, uuid));
    const { kind, project_reference, owner_reference, spec_version, creation_time } = objectOf(read);
    const metadata = { kind, uuid, project_reference, owner_reference, spec_version, creation_time };
    const body = { metadata: { ...metadata, categories }, spec };
    expect((await api.work('PUT', `/vms/${uuid}`, body))['status']).toBe('SUCCEEDED');
    expect(at(await getVm(api, uuid), 'metadata', 'categories_mapping')).toEqual({
      Environment: ['Production'],
    });
  });
});

describe('a NIC that Terraform adds', () => {
  test('gets the address that was asked for, beside the one that stays', async () => {
    const { api } = await started();
    const uuid = await madeVm(api, vmBody({ nic_list: [nicOn(PRESET.managedSubnet.uuid)] }));
    const first = at(await getVm(api, uuid), 'spec', 'resources', 'nic_list', 0);
    const ip = '127.77.9.9';
    const second = {
      ...nicOn(PRESET.managedSubnet.uuid),
      ip_endpoint_list: [{ ip, type: 'ASSIGNED' }],
      is_connected: true,
    };
    const body = await updateBody(api, uuid, { nic_list: [first, second] });
    expect((await api.work('PUT', `/vms/${uuid}`, body))['status']).toBe('SUCCEEDED');
    const nics = at(await getVm(api, uuid), 'status', 'resources', 'nic_list');
    expect(at(nics, 0, 'uuid')).toBe(at(first, 'uuid'));
    expect(at(nics, 1, 'ip_endpoint_list', 0, 'ip')).toBe(ip);
  });
});

describe("a CD-ROM that Packer takes out before it makes an image of the VM's disk", () => {
  test('is gone, and the disk is the same', async () => {
    const { api } = await started();
    const cdrom = {
      device_properties: { device_type: 'CDROM' },
      data_source_reference: { kind: 'image', uuid: PRESET.iso.uuid },
    };
    const uuid = await madeVm(api, vmBody({ disk_list: [imageDisk(), cdrom], power_state: 'OFF' }));
    const [disk, ...others] = listOf(at(await getVm(api, uuid), 'spec', 'resources', 'disk_list'));
    expect(others.length).toBeGreaterThan(0);
    const body = await updateBody(api, uuid, { disk_list: [disk] });
    expect((await api.work('PUT', `/vms/${uuid}`, body))['status']).toBe('SUCCEEDED');
    expect(at(await getVm(api, uuid), 'spec', 'resources', 'disk_list')).toEqual([disk]);
  });
});
