import type { Environment } from '../../settings/index.js';
import type { Screen } from '../context/reporter.js';
import type { Connection, Inventory, Provider, Resizing } from '../../provider/index.js';
import type { Clock, Logger } from '../../support/index.js';

/** What the program gets of the process it runs in. */
export interface FleetRuntime {
  /** The command line without program and script. */
  readonly args: readonly string[];
  readonly version: string;
  readonly environment: Environment;
  readonly clock: Clock;
  readonly out: Screen;
  readonly complain: (line: string) => void;
  /** Asks a user; undefined when there is none at a terminal. */
  readonly ask?: ((question: string) => Promise<string>) | undefined;
  /** The cloud itself, for what the client cannot tell. Its code is loaded only now. `store`: the machine store. */
  readonly connect: (
    connection: Connection,
    logger: Logger,
    store: string,
  ) => Promise<Provider & Inventory & Resizing>;
  /** Aborted by the first Ctrl-C. */
  readonly stop: AbortSignal;
  /** Aborted by the second Ctrl-C. */
  readonly kill: AbortSignal;
}

export const EXIT = { ok: 0, failed: 1, badFile: 2, interrupted: 130 } as const;
