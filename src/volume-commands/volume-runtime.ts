import type { LineSink } from '../logging/index.js';
import type { ProgramRuntime } from '../process/index.js';
import type { Connection, Notes, Volumes } from '../provider/index.js';
import type { Logger } from '../support/index.js';
import type { CommandLog } from './command-log.js';

/** What the program gets of the process it runs in. */
export interface VolumeRuntime extends ProgramRuntime {
  readonly processId: number;
  readonly isRoot: boolean;
  /** Results, to standard output. */
  readonly print: (text: string) => void;
  /** Progress, warnings and errors, to standard error. */
  readonly errors: LineSink;
  /** Standard input to its end, at most so many bytes; empty when it is a terminal. */
  readonly input: (limit: number) => Promise<string>;
  /** The cloud; its code is loaded only now. `readAgain`: for a process that stays, the connection as it is to be now. */
  readonly connect: (
    connection: Connection,
    logger: Logger,
    readAgain?: () => Promise<Connection>,
  ) => Promise<Volumes & Notes>;
}

/** The same with the log of this process. */
export interface CommandRuntime extends VolumeRuntime {
  readonly log: CommandLog;
}

export const VOLUME_EXIT = { ok: 0, failed: 1, badInput: 2, interrupted: 130 } as const;
