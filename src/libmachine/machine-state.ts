import type { HostState } from '../host/index.js';

/** libmachine's numbers for states; NotFound is rancher-machine's only (reference, section 6.4). */
export const MACHINE_STATE = {
  None: 0,
  Running: 1,
  Paused: 2,
  Saved: 3,
  Stopped: 4,
  Stopping: 5,
  Starting: 6,
  Error: 7,
  Timeout: 8,
  NotFound: 9,
} as const;

const NUMBERS: Readonly<Record<HostState, number>> = {
  running: MACHINE_STATE.Running,
  paused: MACHINE_STATE.Paused,
  stopped: MACHINE_STATE.Stopped,
  stopping: MACHINE_STATE.Stopping,
  starting: MACHINE_STATE.Starting,
  error: MACHINE_STATE.Error,
  'not-found': MACHINE_STATE.NotFound,
};

export function machineState(state: HostState): number {
  return NUMBERS[state];
}
