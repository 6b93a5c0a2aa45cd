import type { Screen } from '../context/reporter.js';
import type { Catalogue, Connection, Inventory, Provider, Resizing } from '../../provider/index.js';
import type { ProgramRuntime } from '../../process/index.js';
import type { Clock, Logger } from '../../support/index.js';

/** What the program gets of the process it runs in. */
export interface FleetRuntime extends ProgramRuntime {
  readonly clock: Clock;
  readonly out: Screen;
  readonly complain: (line: string) => void;
  /** The cloud itself, for what the client cannot tell. Its code is loaded only now. `store`: the machine store. */
  readonly connect: (
    connection: Connection,
    logger: Logger,
    store: string,
  ) => Promise<Provider & Inventory & Resizing & Catalogue>;
  /** Aborted by the second Ctrl-C. */
  readonly kill: AbortSignal;
}

export const EXIT = { ok: 0, failed: 1, badFile: 2, interrupted: 130 } as const;
