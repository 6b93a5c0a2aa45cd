import type { Vm } from '../provider/index.js';
import { addressesOf, type AddressWishes } from './address-choice.js';
import type { HostObservation, HostState } from './host-spec.js';

/** What a VM, or that there is none, shows of a host. Only a guest that runs uses an address. */
export function observationOf(vm: Vm | undefined, wishes: AddressWishes): HostObservation {
  const state = hostStateOf(vm);
  if (vm === undefined || state !== 'running') return { state };
  return { state, address: addressesOf(vm.nics, wishes).usable[0]?.ip };
}

/** A VM, or that there is none, as the state of a host. */
export function hostStateOf(vm: Vm | undefined): HostState {
  if (vm === undefined) return 'not-found';
  if (vm.lifecycle === 'creating') return 'starting';
  if (vm.lifecycle === 'deleting') return 'stopping';
  switch (vm.power) {
    case 'on':
      return 'running';
    case 'off':
      return 'stopped';
    case 'paused':
      return 'paused';
    case 'unknown':
      return 'error';
  }
}
