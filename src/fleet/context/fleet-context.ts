import type { CallContext, Inventory, Provider, Resizing } from '../../provider/index.js';
import { deadlineAfter, type Clock } from '../../support/index.js';
import type { MachineClient } from '../client/machine-client.js';
import type { Fleet } from '../declaration/fleet.js';
import type { FleetRecord } from '../store/fleet-record.js';
import type { MachineStore } from '../store/machine-store.js';
import type { Reporter } from './reporter.js';

/** The cloud itself, for what the client cannot tell; connected when it is first needed, and signed in once. */
export class FleetCloud {
  readonly #connect: () => Promise<Provider & Inventory & Resizing>;
  #connected: Promise<Provider & Inventory & Resizing> | undefined;

  constructor(connect: () => Promise<Provider & Inventory & Resizing>) {
    this.#connect = connect;
  }

  /** Nothing is sent yet. Rejects when credentials or certificates cannot be read. */
  open(): Promise<Provider & Inventory & Resizing> {
    this.#connected ??= this.#connect();
    return this.#connected;
  }

  async close(): Promise<void> {
    const connected = await this.#connected?.catch(() => undefined);
    await connected?.close();
  }
}

/** One call of the cloud with a time limit of its own. */
export async function withinLimit<T>(
  ms: number,
  attempted: string,
  stop: AbortSignal,
  work: (context: CallContext) => Promise<T>,
  progress: (line: string) => void = () => undefined,
): Promise<T> {
  const deadline = deadlineAfter(ms, attempted, 'Look at Prism Central, and run it again.', stop);
  try {
    return await work({ signal: deadline.signal, progress });
  } finally {
    deadline.clear();
  }
}

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
