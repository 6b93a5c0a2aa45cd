import { isManaged } from '../../../core/ipam.js';
import { changeVm } from '../../../core/vm/change.js';
import { optionsOf, type DiskOptions, type NicOptions } from '../../../core/vm/options.js';
import type { VmRecord } from '../../../core/store/vm-record.js';
import { param, type Answer } from '../../../http/route.js';
import { requestBody } from '../../message/request-body.js';
import type { V4Call, V4Route } from '../../route.js';
import type { V4World } from '../../world.js';
import { changeOfVm } from '../change.js';
import { withRealSizes } from '../create-checks.js';
import { assignIpBody, insertBody } from '../device-bodies.js';
import { invalidArgument } from '../failures.js';
import { machineId } from '../../message/new-entity.js';
import { mediumOf } from '../options.js';
import { changed } from './changed.js';

const VM = '/ahv/config/vms/:vmExtId';

/** What can be done to a drive: another medium, or none. */
export function driveActionRoutes(world: V4World): V4Route[] {
  const path = `${VM}/cd-roms/:extId/$actions`;
  const kind = 'vm_cdrom';
  return [
    { method: 'POST', path: `${path}/insert`, kind, handle: (call) => insert(world, call) },
    { method: 'POST', path: `${path}/eject`, kind, handle: (call) => eject(world, call) },
  ];
}

/** What can be done to the address of a NIC. */
export function nicActionRoutes(world: V4World): V4Route[] {
  const path = `${VM}/nics/:extId/$actions`;
  const kind = 'vm_nic';
  return [
    { method: 'POST', path: `${path}/assign-ip`, kind, handle: (call) => assignIp(world, call) },
    { method: 'POST', path: `${path}/release-ip`, kind, handle: (call) => releaseIp(world, call) },
  ];
}

function insert(world: V4World, call: V4Call): Answer {
  const medium = mediumOf(requestBody(world, call, insertBody).backingInfo);
  return changeOfDevice(world, call, 'InsertCdRom', (vm) => {
    changeMedium(world, call, vm, () => {
      const [sized = medium] = withRealSizes(world, vm.uuid, [{ ...medium, extras: {} }]);
      const { sizeBytes, source, storage } = sized;
      return { sizeBytes, source, storage };
    });
  });
}

function eject(world: V4World, call: V4Call): Answer {
  return changeOfDevice(world, call, 'EjectCdRom', (vm) => {
    changeMedium(world, call, vm, () => ({ sizeBytes: undefined, source: undefined }));
  });
}

function assignIp(world: V4World, call: V4Call): Answer {
  const { ipAddress } = requestBody(world, call, assignIpBody);
  return changeOfDevice(world, call, 'AssignIp', (vm) => {
    const extId = existing(call, vm.config.nics);
    const subnet = vm.config.nics.find(({ uuid }) => uuid === extId)?.subnet.uuid ?? '';
    const record = world.store.subnets.get(subnet);
    if (record !== undefined && !isManaged(record)) {
      throw invalidArgument('Cannot assign IP address on an unmanaged network');
    }
    changeNic(world, vm, extId, (nic) => ({
      ...nic,
      address: ipAddress?.value ?? nic.address,
      assign: true,
    }));
  });
}

function releaseIp(world: V4World, call: V4Call): Answer {
  return changeOfDevice(world, call, 'ReleaseIp', (vm) => {
    const extId = existing(call, vm.config.nics);
    changeNic(world, vm, extId, (nic) => ({ ...nic, address: undefined, assign: false }));
  });
}

/** A change of one device, in a task named after it. */
function changeOfDevice(
  world: V4World,
  call: V4Call,
  operation: string,
  run: (vm: VmRecord) => void,
): Answer {
  return changeOfVm(world, call, {
    operation,
    parameter: 'vmExtId',
    run,
  });
}

/** The drive that the path names gets this medium, or none. */
function changeMedium(world: V4World, call: V4Call, vm: VmRecord, medium: () => Partial<DiskOptions>): void {
  const extId = existing(call, vm.config.disks);
  const options = optionsOf(vm.config);
  const given = medium();
  const disks = changed(options.disks, extId, (drive) => ({ ...drive, ...given, ejected: true }));
  changeVm(world, vm, { ...options, disks }, machineId);
}

function changeNic(
  world: V4World,
  vm: VmRecord,
  extId: string,
  change: (nic: NicOptions) => NicOptions,
): void {
  const options = optionsOf(vm.config);
  changeVm(world, vm, { ...options, nics: changed(options.nics, extId, change) }, machineId);
}

/** The id in the path, of a device that the VM has. Throws the task's failure. */
function existing(call: V4Call, devices: readonly { readonly uuid: string }[]): string {
  const extId = param(call, 'extId').toLowerCase();
  if (devices.some(({ uuid }) => uuid === extId)) return extId;
  throw invalidArgument(`The VM has no device with UUID '${extId}'.`);
}
