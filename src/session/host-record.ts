import type { AddressOptions, HostSpec, HostState, PreparedHost } from '../host/index.js';
import type { VmId, VmIdentity } from '../provider/index.js';

export interface TimeLimits {
  /** Time limit of each operation, ms. */
  readonly operation: number;
  /** How a user gives an operation more time; a full sentence. */
  readonly advice: string;
  /** How long a guest may take to shut down by itself, ms. */
  readonly shutdown: number;
}

/** What is known of a host. Front ends make it from what they keep, and keep what a session changes of it. */
export interface HostRecord {
  /** As errors call it, e.g. `machine "web-1"`. */
  readonly title: string;
  /** Its name, creation token and VM id, as far as they are known. */
  readonly identity: VmIdentity;
  /** Its address, as far as it is known, and how it is reached there. */
  readonly access: AddressOptions;
  /** Ports at which the guest of a host that runs accepts connections. */
  readonly openPorts: readonly number[];
  readonly limits: TimeLimits;
  /** The state in which it was seen last; undefined = never seen. */
  readonly lastState?: string | undefined;
  /** What is known of the cloud's API (`Provider.spokenApi`); undefined = nothing. */
  readonly spokenApi?: string | undefined;
}

/** What a session has learned of the host. */
export interface HostChanges {
  readonly prepared?: PreparedHost;
  readonly vmId?: VmId;
  readonly address?: string;
  readonly state?: HostState;
  readonly spokenApi?: string;
}

/** Where the record of one host is kept. It may change between two calls, also by others than the session. */
export interface HostStore {
  read(): HostRecord;
  /** The next `read` shows the changes. */
  save(changes: HostChanges): void;
  /** The host to be made. Rejects with `invalid-input`. */
  spec(): Promise<HostSpec>;
  /** What an earlier `prepare` has fixed; undefined = nothing. */
  prepared(): PreparedHost | undefined;
}
