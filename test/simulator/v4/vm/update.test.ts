import { PRESET } from '../../../../src/simulator/index.js';
import { at, listOf } from '../../api-client.js';
import { started } from '../../running.js';
import { getVm, vmBody as olderVmBody, madeVm } from '../../vm-bodies.js';
import { V4Client, vmOf } from '../v4-client.js';
import { cloudInit, vmBody } from './vm-bodies.js';

const VMS = '/api/vmm/v4.3/ahv/config/vms';

async function newV4(): Promise<V4Client> {
  const { api } = await started({ pcVersion: 'pc.7.6' });
  return new V4Client(api);
}

test('the body of a GET, sent back with a change, changes nothing else', async () => {
  const v4 = await newV4();
  const members = {
    description: 'one',
    guestCustomization: cloudInit('#cloud-config\n'),
    machineType: 'Q35',
    bootConfig: { $objectType: 'vmm.v4.ahv.config.UefiBoot', isSecureBootEnabled: true },
    vtpmConfig: { isVtpmEnabled: true },
    serialPorts: [{ index: 0, isConnected: true }],
    project: { extId: PRESET.project.uuid },
  };
  const vm = await v4.made(vmBody(members));
  const before = await v4.vm(vm);
  expect(before).toMatchObject({
    description: 'one',
    machineType: 'Q35',
    bootConfig: { $objectType: 'vmm.v4.ahv.config.UefiBoot', isSecureBootEnabled: true },
    vtpmConfig: { isVtpmEnabled: true },
    serialPorts: [{ index: 0, isConnected: true }],
    cdRoms: [{ isoType: 'GUEST_CUSTOMIZATION', diskAddress: { busType: 'SATA' } }],
    projectExtId: PRESET.project.uuid,
  });
  expect(before).not.toHaveProperty('guestCustomization');
  const task = await v4.workOnVm('PUT', vm, '', { ...before, numSockets: 8 });
  expect(task).toMatchObject({ operation: 'UpdateVm', status: 'SUCCEEDED' });
  const { updateTime, ...after } = await v4.vm(vm);
  expect({ ...after, updateTime: before['updateTime'] }).toEqual({ ...before, numSockets: 8 });
  expect(typeof updateTime).toBe('string');
  expect(await getVm(v4.older, vm)).toMatchObject({
    spec: {
      resources: {
        boot_config: { boot_type: 'SECURE_BOOT' },
        vtpm_config: { vtpm_enabled: true },
        serial_port_list: [{ index: 0, is_connected: true }],
      },
    },
  });
});

test('a VM of API v3 is shown with its boot, its firmware and its ports', async () => {
  const v4 = await newV4();
  const vm = await madeVm(
    v4.older,
    olderVmBody({
      boot_config: { boot_type: 'UEFI' },
      serial_port_list: [{ index: 1, is_connected: true }],
      hardware_clock_timezone: 'Europe/Berlin',
    }),
  );
  expect(await v4.vm(vm)).toMatchObject({
    bootConfig: { $objectType: 'vmm.v4.ahv.config.UefiBoot', isSecureBootEnabled: false },
    serialPorts: [{ index: 1, isConnected: true }],
    hardwareClockTimezone: 'Europe/Berlin',
    projectExtId: PRESET.defaultProject.uuid,
  });
});

test('an ETag of before is refused, and so is none', async () => {
  const v4 = await newV4();
  const vm = await v4.made(vmBody());
  const tag = await v4.tag(vm);
  expect(await v4.tag(vm)).toBe(tag);
  await v4.workOnVm('POST', vm, '/$actions/power-on');
  await v4.workOnVm('POST', vm, '/$actions/power-off');
  const refused = await v4.change('DELETE', `${VMS}/${vm}`, undefined, { tag });
  const missing = await v4.change('DELETE', `${VMS}/${vm}`);
  expect(
    [refused, missing].map(({ status, body }) => [status, at(body, 'data', 'error', 0, 'code')]),
  ).toEqual([
    [412, 'VMM-30303'],
    [428, 'PLAT-10004'],
  ]);
});

test('of two changes with one ETag the second fails in its task', async () => {
  const v4 = await newV4();
  const vm = await v4.made(vmBody());
  const tag = await v4.tag(vm);
  const answers = await Promise.all(
    ['power-on', 'power-on'].map((action) =>
      v4.change('POST', `${VMS}/${vm}/$actions/${action}`, undefined, { tag }),
    ),
  );
  const tasks = answers.filter(({ status }) => status === 202);
  const ended = await Promise.all(tasks.map(({ body }) => v4.task(String(at(body, 'data', 'extId')))));
  const failed = ended.filter(({ status }) => status === 'FAILED');
  // The second one may also come too late to be accepted.
  expect(failed.length + (2 - tasks.length)).toBe(1);
  expect(failed.map((task) => at(task, 'errorMessages', 0, 'code'))).toEqual(failed.map(() => 'VMM-30303'));
});

test('categories come and go by their ids', async () => {
  const v4 = await newV4();
  const vm = await madeVm(v4.older, olderVmBody({}, {}, { categories: { env: 'eu' } }));
  const [category] = listOf(at(await v4.vm(vm), 'categories'));
  expect(category).toMatchObject({ $objectType: 'vmm.v4.ahv.config.CategoryReference' });
  const body = { categories: [{ extId: String(at(category, 'extId')) }] };
  await v4.workOnVm('POST', vm, '/$actions/disassociate-categories', body);
  expect(await v4.vm(vm)).not.toHaveProperty('categories');
  await v4.workOnVm('POST', vm, '/$actions/associate-categories', body);
  expect(at(await getVm(v4.older, vm), 'metadata', 'categories')).toEqual({ env: 'eu' });
});

test('a clone has devices of its own', async () => {
  const v4 = await newV4();
  const vm = await v4.made(vmBody({ guestCustomization: cloudInit('#cloud-config\n') }));
  const task = await v4.workOnVm('POST', vm, '/$actions/clone', { name: 'web-2', numSockets: 4 });
  expect(task).toMatchObject({ operation: 'CloneVm', status: 'SUCCEEDED' });
  const [source, clone] = await Promise.all([v4.vm(vm), v4.vm(vmOf(task))]);
  expect(clone).toMatchObject({
    name: 'web-2',
    numSockets: 4,
    source: { entityType: 'VM', extId: vm },
    disks: [{ backingInfo: { diskSizeBytes: at(source, 'disks', 0, 'backingInfo', 'diskSizeBytes') } }],
  });
  expect(clone).not.toHaveProperty('cdRoms');
  for (const path of [
    ['disks', 0, 'extId'],
    ['nics', 0, 'extId'],
    ['nics', 0, 'backingInfo', 'macAddress'],
    ['nics', 0, 'networkInfo', 'ipv4Config', 'ipAddress', 'value'],
  ]) {
    expect(at(clone, ...path)).not.toEqual(at(source, ...path));
  }
});

test('user data that is no cloud-config fails the task from pc.7.3 on', async () => {
  const v4 = await newV4();
  const task = await v4.work('POST', VMS, vmBody({ guestCustomization: cloudInit('#!/bin/sh\n') }));
  expect(at(task, 'errorMessages', 0, 'errorGroup')).toBe('VM_INVALID_ARGUMENT');
});

test('other user data for the next boot', async () => {
  const v4 = await newV4();
  const vm = await v4.made(vmBody());
  const body = cloudInit('#cloud-config\nhostname: next\n');
  expect(await v4.workOnVm('POST', vm, '/$actions/customize-guest', body)).toMatchObject({
    status: 'SUCCEEDED',
  });
  expect(await v4.vm(vm)).toMatchObject({ cdRoms: [{ isoType: 'GUEST_CUSTOMIZATION' }] });
});
