import type { Clock } from '../../support/index.js';
import type { FleetCloud } from './fleet-cloud.js';
import type { MachineClient } from '../client/machine-client.js';
import type { Fleet } from '../declaration/fleet.js';
import type { Reporter } from './reporter.js';
import type { FleetRecord } from '../store/fleet-record.js';
import type { MachineStore } from '../store/machine-store.js';

/** Everything that work on a fleet needs. */
export interface FleetContext {
  readonly fleet: Fleet;
  readonly store: MachineStore;
  readonly record: FleetRecord;
  readonly client: MachineClient;
  readonly cloud: FleetCloud;
  readonly reporter: Reporter;
  readonly clock: Clock;
  /** Aborted by the first Ctrl-C: nothing new begins, what runs is stopped and cleans up. */
  readonly stop: AbortSignal;
  /** Aborted by the second: what runs is killed. */
  readonly kill: AbortSignal;
  /** The folder of the hosts' log files. */
  readonly logs: string;
}
