import type { Vm } from '../provider/index.js';
import type { HostState } from './types.js';

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
