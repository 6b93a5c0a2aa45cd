import type { Logger } from '../../support/index.js';
import type { GuestBackend } from '../guests/guest-backend.js';
import type { Guest } from '../guests/index.js';
import type { LatencyProfile } from './latency.js';
import type { PcVersion } from './pc-version.js';
import type { Store } from './store/store.js';
import type { TaskEngine } from './task-engine.js';
import type { SimulatedTime } from './time.js';

/** Who may sign in. A viewer gets short lists, and changes nothing. */
export interface User {
  readonly uuid: string;
  readonly username: string;
  readonly role: 'admin' | 'viewer';
}

/** One run of a VM, from power-on to off. */
export interface Boot {
  guest?: Guest | undefined;
  /** Aborted when the run is over. */
  readonly over: AbortController;
}

/** Points on which real servers are said to differ, or are not known; see docs/simulator.md. */
export interface Behaviour {
  /** GET of a VM whose create is accepted but not running yet. */
  readonly earlyRead: 'not-found' | 'pending';
  /** A second POST with the same reserved UUID: the first answer again, or a failed task. */
  readonly repeatedCreate: 'replay' | 'fail';
  /** A change of an older state of an entity: refused at once, or accepted and told by its task. */
  readonly staleTag: 'refused' | 'task';
  /** How long a request id is remembered: as long as tasks are kept, two weeks (reference v4 2.2). In ms. */
  readonly requestMemory: number;
}

/** One simulated Prism Central, whatever API it is seen through. Nothing is global to the process. */
export interface World {
  readonly store: Store;
  /** Who may sign in, the administrator first. */
  readonly users: readonly User[];
  readonly tasks: TaskEngine;
  readonly time: SimulatedTime;
  readonly version: PcVersion;
  readonly behaviour: Behaviour;
  readonly latency: LatencyProfile;
  readonly guests: GuestBackend;
  /** What runs now, by VM uuid. */
  readonly boots: Map<string, Boot>;
  /** True from the moment on at which the simulator ends: nothing is started any more. */
  isClosing(): boolean;
  readonly logger: Logger;
}
