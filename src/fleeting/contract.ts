import type { CallContext } from '../provider/index.js';

/**
 * State of an instance in the words of GitLab's fleeting. Its host strikes an instance off at `deleted` and `timeout`,
 * without any Decrease: neither is ever said of an instance whose VM may exist.
 */
export type InstanceState = 'creating' | 'running' | 'deleting' | 'deleted' | 'timeout';

/** The runner's `connector_config`, and what ConnectInfo answers, as they are on the wire: '' and 0 = not set. */
export interface ConnectorSettings {
  readonly os: string;
  readonly arch: string;
  /** `ssh`, or what else the runner asks for. */
  readonly protocol: string;
  readonly username: string;
  readonly password: string;
  /** Text of a private key, PEM or OpenSSH; secret. */
  readonly key: Uint8Array;
  readonly useStaticCredentials: boolean;
  /** A Go duration: ns. */
  readonly keepaliveNs: bigint;
  /** A Go duration: ns. */
  readonly timeoutNs: bigint;
  readonly protocolPort: number;
}

/** What the runner learns of a group when it starts. */
export interface GroupIdentity {
  readonly id: string;
  /** The most instances at a time. */
  readonly maxSize: number;
  readonly version: string;
  readonly buildInfo: string;
}

/** How an instance is reached and signed in to. */
export interface ConnectionToInstance {
  readonly connector: ConnectorSettings;
  readonly externalAddress: string;
  readonly internalAddress: string;
  /** Unix seconds; 0 = never. */
  readonly expiresAt: number;
}

/**
 * A group of instances, as GitLab Runner's `InstanceGroup` service calls it. An instance's id is the name of its VM.
 * Every method rejects with an OperationError, also when its context is aborted. Calls may overlap.
 */
export interface InstanceGroup {
  /**
   * Reads `plugin_config` (JSON), checks all that it names, takes the group's lease and finds the instances of an earlier
   * run. Once.
   */
  init(config: Uint8Array, connector: ConnectorSettings, context: CallContext): Promise<GroupIdentity>;

  /** Reports the state of every instance that there is, and `deleted` once of one that is gone. */
  update(report: (instance: string, state: InstanceState) => void, context: CallContext): Promise<void>;

  /**
   * Makes up to `count` instances more. Resolves with the number of those that are made or under way, each of which
   * `update` reports; rejects when there is none.
   */
  increase(count: number, context: CallContext): Promise<number>;

  /** Removes instances; resolves with those that are gone or will be, whatever it takes. Idempotent. */
  decrease(instances: readonly string[], context: CallContext): Promise<readonly string[]>;

  connectInfo(instance: string, context: CallContext): Promise<ConnectionToInstance>;

  /** Rejects when the instance is known to be of no more use; resolves when it is well, or cannot be asked now. */
  heartbeat(instance: string, context: CallContext): Promise<void>;

  /** Ends what is under way: instances that are not ready are removed, those that are stay. The lease is given back. */
  shutdown(context: CallContext): Promise<void>;
}
