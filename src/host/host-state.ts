import type { Vm } from '../provider/index.js';
import { addressesOf, type AddressPreference } from './address-choice.js';

export type HostState =
  | 'running'
  | 'paused'
  | 'stopped'
  | 'stopping'
  | 'starting'
  | 'error'
  /** The VM does not exist (any more). */
  | 'not-found';

/** What one read of the VM shows of a host. */
export interface HostObservation {
  readonly state: HostState;
  /** Where its guest is reached; undefined when it does not run, or the cloud lists no usable address. */
  readonly address?: string | undefined;
}

/** What a VM, or that there is none, shows of a host. Only a guest that runs uses an address. */
export function observationOf(vm: Vm | undefined, preference: AddressPreference): HostObservation {
  const state = hostStateOf(vm);
  if (vm === undefined || state !== 'running') return { state };
  return { state, address: addressesOf(vm.nics, preference).usable[0]?.ip };
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
