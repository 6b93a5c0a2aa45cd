import type { Guest } from '../../guests/index.js';

/** One run of a VM, from power-on to off. */
export interface Boot {
  guest?: Guest | undefined;
  /** Aborted when the run is over. */
  readonly over: AbortController;
}
