import type { VmRecord } from '../../core/store/vm-record.js';
import { unmadeVm } from '../../core/vm/config.js';
import { isSeedDrive } from '../../core/vm/disks.js';
import { optionsOf, type DiskOptions, type NicOptions, type VmOptions } from '../../core/vm/options.js';
import type { Answer } from '../../http/route.js';
import { requestBody } from '../message/request-body.js';
import { checkIfMatch } from '../precondition/if-match.js';
import type { V4Call } from '../route.js';
import { ordered } from '../task/start.js';
import type { V4World } from '../world.js';
import { cloneBody, type CloneBody } from './bodies.js';
import { vmEntity } from './change.js';
import { newEntity } from '../message/new-entity.js';
import { createOrder, makeVm } from './create.js';
import { existingVm, tagOf } from './existing.js';
import { bootOf, customizationOf, memoryMiB, nicOptions } from './options.js';

/** POST vms/{extId}/$actions/clone: another VM that is off, like the source but for what the body says. */
export function cloneVm(world: V4World, call: V4Call): Answer {
  const source = existingVm(world, call);
  const body = requestBody(world, call, cloneBody);
  const fault = checkIfMatch(world, call, tagOf(world, source));
  return ordered(world, call, 'vmm.v4.ahv.config.CloneVmApiResponse', () => {
    const { description, projectUuid, categories, usesCategoriesMapping, clusterUuid } = source;
    const name = body.name ?? `${source.name}-clone`;
    const entity = { ...newEntity(world, call, name), description, projectUuid, usesCategoriesMapping };
    const record = unmadeVm({ ...entity, categories: structuredClone(categories) }, clusterUuid);
    const vm = { ...record, sourceUuid: source.uuid };
    const options = cloneOptions(source, body);
    const order = createOrder(world, vm, 'CloneVm', (task) => {
      makeVm(world, vm, options, task);
      task.entities.push(vmEntity(source));
    });
    return { ...order, fault: fault ?? call.taskFault };
  });
}

function cloneOptions({ config }: VmRecord, body: CloneBody): VmOptions {
  const given = optionsOf(config);
  return {
    ...given,
    sockets: body.numSockets ?? given.sockets,
    coresPerSocket: body.numCoresPerSocket ?? given.coresPerSocket,
    threadsPerCore: body.numThreadsPerCore ?? given.threadsPerCore,
    memoryMiB: body.memorySizeBytes === undefined ? given.memoryMiB : memoryMiB(body.memorySizeBytes),
    power: 'OFF',
    // The clone gets user data of its own, and no volume group: one attachment is all that most groups take.
    disks: config.disks
      .filter((disk) => !isSeedDrive(config, disk) && disk.volumeGroupUuid === undefined)
      .map((disk): DiskOptions => ({ ...disk, uuid: undefined, address: disk })),
    nics: body.nics?.map(nicOptions) ?? given.nics.map(copiedNic),
    gpus: given.gpus.map((gpu) => ({ ...gpu, uuid: undefined })),
    customization: body.guestCustomization && customizationOf(body.guestCustomization),
    setup: body.bootConfig === undefined ? given.setup : { ...given.setup, boot: bootOf(body.bootConfig) },
  };
}

/** On the same subnet, with a MAC address and an address of its own. */
function copiedNic({
  subnetUuid,
  connected,
  type,
  vlanMode,
  trunkedVlans,
  queues,
  extras,
}: NicOptions): NicOptions {
  return { subnetUuid, connected, type, vlanMode, trunkedVlans, queues, extras };
}
