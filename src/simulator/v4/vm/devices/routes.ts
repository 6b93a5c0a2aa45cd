import type { VmRecord } from '../../../core/store/vm-record.js';
import { changeVm } from '../../../core/vm/change.js';
import { optionsOf } from '../../../core/vm/options.js';
import { param, type Answer } from '../../../http/route.js';
import { answeredList } from '../../listing/index.js';
import { entityAnswer } from '../../message/answer.js';
import { found } from '../../message/error.js';
import type { V4Call, V4Route } from '../../route.js';
import { newestMinor } from '../../versions.js';
import type { V4World } from '../../world.js';
import { changeOfVm } from '../change.js';
import type { ViewOf } from '../device-views.js';
import { existingVm, tagOf } from '../existing.js';
import { machineId } from '../../message/new-entity.js';
import { driveActionRoutes, nicActionRoutes } from './actions.js';
import type { DeviceChange, DeviceType, ShownDevice } from './device-type.js';
import { cdRoms, disks } from './disks.js';
import { gpus, serialPorts } from './gpus-and-ports.js';
import { nics } from './nics.js';

const VM = '/ahv/config/vms/:vmExtId';

/** Everything below one VM: its devices, one by one. Each change needs the VM's ETag (reference v4 2.3). */
export function deviceRoutes(world: V4World): V4Route[] {
  return [
    ...[disks, cdRoms, nics, gpus, serialPorts].flatMap((type) => routesOf(world, type)),
    ...driveActionRoutes(world),
    ...nicActionRoutes(world),
  ];
}

function routesOf(world: V4World, type: DeviceType): V4Route[] {
  const { plural, kind } = type;
  const all = `${VM}/${plural}`;
  const one = `${all}/:extId`;
  const route = (method: V4Route['method'], path: string, handle: V4Route['handle']): V4Route => ({
    method,
    path,
    kind,
    handle,
  });
  const { replaced } = type;
  return [
    route('GET', all, (call) => listDevices(world, call, type)),
    route('GET', one, (call) => oneDevice(world, call, type)),
    route('POST', all, (call) => addDevice(world, call, type)),
    route('DELETE', one, (call) => {
      const { extId } = existingDevice(world, call, type);
      return changeDevice(world, call, { type, verb: 'Delete', extId, change: type.removed(extId) });
    }),
    ...(replaced === undefined
      ? []
      : [
          route('PUT', one, (call) => {
            const { extId } = existingDevice(world, call, type);
            const change = replaced(world, call, extId);
            return changeDevice(world, call, { type, verb: 'Update', extId, change });
          }),
        ]),
  ];
}

function listDevices(world: V4World, call: V4Call, type: DeviceType): Answer {
  const vm = existingVm(world, call, 'vmExtId');
  return answeredList<ShownDevice>(world, call, {
    type: `vmm.v4.ahv.config.List${type.word}sApiResponse`,
    listing: { filterable: { extId: 'text' }, orderable: [], view: ({ view }) => view },
    records: type.shown(viewOf(world, call), vm),
  });
}

function oneDevice(world: V4World, call: V4Call, type: DeviceType): Answer {
  const vm = existingVm(world, call, 'vmExtId');
  const { view } = existingDevice(world, call, type);
  return entityAnswer(world, call, {
    type: `vmm.v4.ahv.config.Get${type.word}ApiResponse`,
    data: { ...view },
    tag: tagOf(world, vm),
  });
}

/** POST: the id of what is made is known when it is. */
function addDevice(world: V4World, call: V4Call, type: DeviceType): Answer {
  const operation = `Create${type.word}`;
  const change = type.added(world, call, operation);
  return changeOfVm(world, call, {
    operation,
    parameter: 'vmExtId',
    run: (vm, task) => {
      const before = new Set(idsOf(world, call, type, vm));
      changeVm(world, vm, change(optionsOf(vm.config), vm), machineId);
      if (!namesDevices(world)) return;
      const made = idsOf(world, call, type, vm).filter((extId) => !before.has(extId));
      task.entities.push(...made.map((uuid) => ({ kind: type.kind, uuid })));
    },
  });
}

interface DeviceOrder {
  readonly type: DeviceType;
  readonly verb: 'Update' | 'Delete';
  readonly extId: string;
  readonly change: DeviceChange;
}

function changeDevice(world: V4World, call: V4Call, { type, verb, extId, change }: DeviceOrder): Answer {
  const operation = `${verb}${type.word}`;
  return changeOfVm(world, call, {
    operation,
    parameter: 'vmExtId',
    entities: () => (namesDevices(world) ? [{ kind: type.kind, uuid: extId }] : []),
    run: (vm) => {
      changeVm(world, vm, change(optionsOf(vm.config), vm), machineId);
    },
  });
}

/** Tasks of old versions name the VM alone (reference v4 4.3). */
function namesDevices(world: V4World): boolean {
  return newestMinor(world.served, 'vmm') >= 3;
}

function idsOf(world: V4World, call: V4Call, type: DeviceType, vm: VmRecord): string[] {
  return type.shown(viewOf(world, call), vm).map(({ extId }) => extId);
}

function viewOf({ served }: V4World, { version }: V4Call): ViewOf {
  return { served, minor: version.minor };
}

/** The device that the path names. Throws what one is answered with that the VM has not; the code is made up. */
function existingDevice(world: V4World, call: V4Call, type: DeviceType): ShownDevice {
  const vm = existingVm(world, call, 'vmExtId');
  const wanted = param(call, 'extId').toLowerCase();
  const device = type.shown(viewOf(world, call), vm).find(({ extId }) => extId === wanted);
  return found(device, {
    namespace: 'vmm',
    code: 'VMM-30101',
    group: 'VM_DEVICE_NOT_FOUND',
    message: `Failed to perform the operation as the VM with UUID '${vm.uuid}' has no ${type.word} '${wanted}'.`,
    arguments: { vm_uuid: vm.uuid, device_uuid: wanted },
  });
}
