import { PRESET } from '../../../../src/simulator/index.js';
import { at, listOf, objectOf } from '../../api-client.js';
import { started } from '../../running.js';
import { V4Client } from '../v4-client.js';
import { emptyDisk, GIB, imageDisk, nicOn, vmBody } from './vm-bodies.js';

const VMS = '/api/vmm/v4.3/ahv/config/vms';
const SUCCEEDED = { status: 'SUCCEEDED' };

async function newVm(
  members: Record<string, unknown> = {},
): Promise<{ readonly v4: V4Client; readonly vm: string }> {
  const { api } = await started({ pcVersion: 'pc.7.6' });
  const v4 = new V4Client(api);
  return { v4, vm: await v4.made(vmBody(members)) };
}

/** The `data` of a list below a VM. */
async function below(v4: V4Client, vm: string, plural: string): Promise<unknown[]> {
  const { body } = await v4.get(`${VMS}/${vm}/${plural}`);
  return listOf(at(body, 'data') ?? []);
}

test('a disk comes, grows and goes', async () => {
  const { v4, vm } = await newVm();
  const task = await v4.workOnVm('POST', vm, '/disks', emptyDisk(10 * GIB));
  const disk = String(at(task, 'entitiesAffected', 1, 'extId'));
  expect(task).toMatchObject({ operation: 'CreateDisk', ...SUCCEEDED });
  const one = `${VMS}/${vm}/disks/${disk}`;
  const { headers, body } = await v4.get(one);
  expect(headers['etag']).toBe(await v4.tag(vm));
  expect(at(body, 'data')).toMatchObject({
    extId: disk,
    diskAddress: { busType: 'SCSI', index: 1 },
    backingInfo: { diskSizeBytes: 10 * GIB },
  });
  expect(await v4.workOnVm('PUT', vm, `/disks/${disk}`, emptyDisk(30 * GIB))).toMatchObject(SUCCEEDED);
  expect(at((await v4.get(one)).body, 'data', 'backingInfo', 'diskSizeBytes')).toBe(30 * GIB);
  expect(await v4.workOnVm('PUT', vm, `/disks/${disk}`, emptyDisk(GIB))).toMatchObject({ status: 'FAILED' });
  await v4.workOnVm('DELETE', vm, `/disks/${disk}`);
  expect([(await v4.get(one)).status, (await below(v4, vm, 'disks')).length]).toEqual([404, 1]);
});

test('a disk keeps what it was made from when a body without it makes it larger', async () => {
  const { v4, vm } = await newVm();
  const disk = String(at(await below(v4, vm, 'disks'), 0, 'extId'));
  await v4.workOnVm('PUT', vm, `/disks/${disk}`, emptyDisk(50 * GIB));
  expect(at(await below(v4, vm, 'disks'), 0, 'backingInfo')).toMatchObject({
    diskSizeBytes: 50 * GIB,
    dataSource: { reference: { imageExtId: PRESET.image.uuid } },
  });
});

test('a disk is as large as its image when less was asked for', async () => {
  const { v4, vm } = await newVm({ disks: [imageDisk(GIB)] });
  expect(at(await v4.vm(vm), 'disks', 0, 'backingInfo', 'diskSizeBytes')).toBe(2 * GIB);
});

test('a NIC in both forms; its address is released and assigned', async () => {
  const { v4, vm } = await newVm();
  const [nic] = await below(v4, vm, 'nics');
  const extId = String(at(nic, 'extId'));
  const address = at(nic, 'nicNetworkInfo', 'ipv4Config', 'ipAddress', 'value');
  expect(address).toBe(at(nic, 'networkInfo', 'ipv4Config', 'ipAddress', 'value'));
  expect(await v4.workOnVm('POST', vm, `/nics/${extId}/$actions/release-ip`)).toMatchObject(SUCCEEDED);
  const networkNow = async (): Promise<unknown> => at(await below(v4, vm, 'nics'), 0, 'nicNetworkInfo');
  expect(await networkNow()).not.toHaveProperty('ipv4Config');
  // It stays without when the VM is changed otherwise.
  await v4.workOnVm('POST', vm, '/disks', emptyDisk(GIB));
  expect(await networkNow()).not.toHaveProperty('ipv4Config');
  const body = { ipAddress: { value: '127.77.200.7' } };
  expect(await v4.workOnVm('POST', vm, `/nics/${extId}/$actions/assign-ip`, body)).toMatchObject(SUCCEEDED);
  expect(await networkNow()).toMatchObject({ ipv4Config: { ipAddress: { value: '127.77.200.7' } } });
});

test('a NIC of the older form, and none of the newer one where it is not known', async () => {
  const { v4, vm } = await newVm({ nics: [] });
  const old = '/api/vmm/v4.0/ahv/config/vms';
  const nic = { networkInfo: { subnet: { extId: PRESET.managedSubnet.uuid } } };
  await v4.workOnVm('POST', vm, '/nics', nic);
  const { body } = await v4.get(`${old}/${vm}`);
  expect(Object.keys(objectOf(at(body, 'data', 'nics', 0)))).toEqual(
    expect.arrayContaining(['backingInfo', 'networkInfo']),
  );
  expect(at(body, 'data', 'nics', 0)).not.toHaveProperty('nicNetworkInfo');
  expect(at(body, 'data')).not.toHaveProperty('project');
  const refused = await v4.change('POST', old, vmBody({ nics: [nicOn(PRESET.managedSubnet.uuid)] }));
  expect([
    refused.status,
    at(refused.body, 'data', 'error', 'validationErrorMessages', 0, 'message'),
  ]).toEqual([400, 'Object instance has properties which are not allowed by the schema: ["nicNetworkInfo"]']);
});

test('a drive takes a medium and gives it back', async () => {
  const { v4, vm } = await newVm();
  const task = await v4.workOnVm('POST', vm, '/cd-roms', { diskAddress: { busType: 'SATA' } });
  const drive = String(at(task, 'entitiesAffected', 1, 'extId'));
  const now = async (): Promise<unknown> => at(await below(v4, vm, 'cd-roms'), 0);
  expect(await now()).toMatchObject({
    extId: drive,
    diskAddress: { busType: 'SATA', index: 0 },
    isoType: 'OTHER',
  });
  expect(await now()).not.toHaveProperty('backingInfo');
  const reference = { $objectType: 'vmm.v4.ahv.config.ImageReference', imageExtId: PRESET.iso.uuid };
  const medium = { backingInfo: { dataSource: { reference } } };
  expect(await v4.workOnVm('POST', vm, `/cd-roms/${drive}/$actions/insert`, medium)).toMatchObject(SUCCEEDED);
  expect(await now()).toMatchObject({ backingInfo: { diskSizeBytes: 600 * 2 ** 20 } });
  expect(await v4.workOnVm('POST', vm, `/cd-roms/${drive}/$actions/eject`)).toMatchObject(SUCCEEDED);
  expect(await now()).not.toHaveProperty('backingInfo');
});

test('GPUs and serial ports', async () => {
  const { v4, vm } = await newVm();
  const gpu = { vendor: 'NVIDIA', mode: 'PASSTHROUGH_COMPUTE', deviceId: 5106 };
  await v4.workOnVm('POST', vm, '/gpus', gpu);
  await v4.workOnVm('POST', vm, '/serial-ports', { index: 2, isConnected: true });
  expect(await below(v4, vm, 'gpus')).toMatchObject([gpu]);
  const [port] = await below(v4, vm, 'serial-ports');
  expect(port).toMatchObject({ index: 2, isConnected: true });
  expect(await v4.workOnVm('POST', vm, '/serial-ports', { index: 2 })).toMatchObject({ status: 'FAILED' });
  await v4.workOnVm('PUT', vm, `/serial-ports/${String(at(port, 'extId'))}`, {
    index: 2,
    isConnected: false,
  });
  expect(await below(v4, vm, 'serial-ports')).toMatchObject([{ index: 2, isConnected: false }]);
  await v4.workOnVm('DELETE', vm, `/serial-ports/${String(at(port, 'extId'))}`);
  await v4.workOnVm('DELETE', vm, `/gpus/${String(at(await below(v4, vm, 'gpus'), 0, 'extId'))}`);
  const { body } = await v4.get(`${VMS}/${vm}/gpus`);
  expect(body).not.toHaveProperty('data');
});

test('GPUs cannot change while the VM is on', async () => {
  const { v4, vm } = await newVm();
  await v4.workOnVm('POST', vm, '/$actions/power-on');
  const gpu = { vendor: 'NVIDIA', mode: 'PASSTHROUGH_COMPUTE', deviceId: 5106 };
  const task = await v4.workOnVm('POST', vm, '/gpus', gpu);
  expect(task).toMatchObject({
    status: 'FAILED',
    errorMessages: [{ errorGroup: 'VM_NOT_POWERED_OFF_ERROR' }],
  });
});
