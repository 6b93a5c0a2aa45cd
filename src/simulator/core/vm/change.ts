import type { VmConfig, VmNic, VmRecord } from '../store/vm-record.js';
import type { World } from '../world.js';
import { completeConfig } from './config.js';
import { checkHotChanges } from './hot-changes.js';
import { releaseNics } from './nics.js';
import type { VmOptions } from './options.js';

/**
 * Gives a VM what is asked for, on or off as it is; a disk or NIC that is left out is removed. `newId`: for new devices.
 * Throws a Refusal, and then nothing has changed.
 */
export function changeVm(world: World, vm: VmRecord, options: VmOptions, newId: () => string): void {
  const before = vm.config;
  checkHotChanges(vm, options);
  const context = { vmName: vm.name, clusterUuid: vm.clusterUuid, previous: before, newId };
  const after = completeConfig(world, options, context);
  vm.config = { ...after, power: vm.power };
  releaseNics(world, missingFrom(after, before.nics));
}

/** Those that a VM has no more. */
export function missingFrom(config: VmConfig, nics: readonly VmNic[]): VmNic[] {
  const present = new Set(config.nics.map((nic) => nic.uuid));
  return nics.filter((nic) => !present.has(nic.uuid));
}
