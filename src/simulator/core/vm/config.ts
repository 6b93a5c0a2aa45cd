import { randomUUID } from 'node:crypto';
import type { EntityRecord } from '../store/entity.js';
import type { VmConfig, VmRecord } from '../store/vm-record.js';
import type { World } from '../world.js';
import { completeDisks, seedDrive } from './disks.js';
import { completeNics } from './nics.js';
import type { VmOptions } from './options.js';

interface CompletionContext {
  readonly vmName: string;
  readonly clusterUuid: string;
  /** What the VM had before; undefined when it is being made. */
  readonly previous?: VmConfig | undefined;
  /** Makes ids of new disks, NICs and GPUs; random UUIDs when absent. */
  readonly newId?: (() => string) | undefined;
}

/**
 * What a client asks for, with all that a server fills in. Disks and NICs that the options leave out are gone. Reserves
 * addresses. Throws a Refusal.
 */
export function completeConfig(
  world: World,
  options: VmOptions,
  { vmName, clusterUuid, previous, newId = randomUUID }: CompletionContext,
): VmConfig {
  const { machineType = 'PC', customization } = options;
  const context = { clusterUuid, machineType, vmName, previous: previous?.disks ?? [], newId };
  const disks = completeDisks(world, options.disks, context);
  if (previous === undefined && customization !== undefined) disks.push(seedDrive(disks, machineType, newId));
  return {
    sockets: options.sockets ?? 1,
    coresPerSocket: options.coresPerSocket ?? 1,
    threadsPerCore: options.threadsPerCore ?? 1,
    memoryMiB: options.memoryMiB ?? 1024,
    machineType,
    power: options.power ?? 'OFF',
    shutdown: { ...options.shutdown, mechanism: options.shutdown?.mechanism ?? 'HARD' },
    disks,
    nics: completeNics(world, options.nics, { clusterUuid, previous: previous?.nics ?? [], newId }),
    gpus: options.gpus.map((gpu) => ({ ...gpu, uuid: gpu.uuid ?? newId() })),
    customization,
    setup: options.setup,
    extras: options.extras,
  };
}

/** A VM as it is before its create has made it. */
export function unmadeVm(entity: EntityRecord, clusterUuid: string): VmRecord {
  return {
    ...entity,
    clusterUuid,
    config: emptyConfig(),
    power: 'OFF',
    generationUuid: randomUUID(),
    learned: {},
    made: false,
    deleting: false,
  };
}

function emptyConfig(): VmConfig {
  return {
    sockets: 1,
    coresPerSocket: 1,
    threadsPerCore: 1,
    memoryMiB: 0,
    machineType: 'PC',
    power: 'OFF',
    shutdown: {},
    disks: [],
    nics: [],
    gpus: [],
    setup: {},
    extras: {},
  };
}
