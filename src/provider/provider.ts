import type { Placement, PlacementRequest } from './placement.js';
import type { CreationToken, Vm, VmId, VmSpec, VmIdentity } from './vm.js';

/** What each call gets: when to stop, and where to say what is being waited for. */
export interface CallContext {
  /** Aborted by the operation's deadline or by the user; its reason is an OperationError. */
  readonly signal: AbortSignal;
  /** One line for the user, e.g. `task 5b7a… (create VM) RUNNING 40 %`. Repeated lines may be dropped. */
  readonly progress: (line: string) => void;
}

/**
 * The port: what the life of a host needs of any cloud. Every method rejects with an OperationError, also when
 * `context.signal` is aborted (with the signal's reason). Methods that change something resolve when the cloud
 * says that the change is done, not when it was accepted.
 */
export interface Provider {
  /** Longest user-data that a create takes, in bytes of UTF-8; undefined = not known beforehand. */
  readonly longestUserData?: number | undefined;

  /**
   * `cloud-config`: a create only takes user-data that begins with `#cloud-config`. undefined = any that guests read, or
   * not known before `resolve` has ended.
   */
  readonly userDataForm?: 'cloud-config' | undefined;

  /**
   * Whether engines on hosts made there run containers, as far as an earlier answer has told: only a simulator says
   * that they do not. undefined = nothing was said, as with every real cloud.
   */
  readonly runsContainers?: boolean | undefined;

  /**
   * What was found out about the cloud's API, as text that only a provider reads; undefined = nothing yet. It may change
   * with any call. Kept by the front end with the host and given back to the next provider, it saves requests.
   */
  readonly spokenApi?: string | undefined;

  /** Signs in and looks up everything the request names. All problems come in one error. */
  resolve(request: PlacementRequest, context: CallContext): Promise<Placement>;

  /** Fixes the identity of a VM that does not exist yet. May leave a reservation, which `remove` gives back. */
  issueCreationToken(name: string, context: CallContext): Promise<CreationToken>;

  /**
   * Makes the VM, powered on. Repeating it with the same token never makes a second VM. When it rejects, the VM
   * may or may not exist: call `remove`.
   */
  create(token: CreationToken, spec: VmSpec, context: CallContext): Promise<VmId>;

  /**
   * The VM, or undefined when the cloud is sure that there is none; one request in the ordinary case. A create
   * that is still under way counts as a VM with lifecycle `creating` where the cloud can tell.
   */
  find(identity: VmIdentity, context: CallContext): Promise<Vm | undefined>;

  /** Idempotent: a VM that is on already is success. */
  powerOn(id: VmId, context: CallContext): Promise<void>;
  /** Asks the guest (ACPI); resolves when it was asked, not when it is off. */
  requestShutdown(id: VmId, context: CallContext): Promise<void>;
  /** Asks the guest to restart (ACPI); resolves when it was asked. */
  requestReboot(id: VmId, context: CallContext): Promise<void>;
  /** Hard power-off. Idempotent. */
  powerOff(id: VmId, context: CallContext): Promise<void>;
  /** Hard restart of a VM that is on. */
  reset(id: VmId, context: CallContext): Promise<void>;

  /**
   * Removes the VM, its disks and its reservation, and waits until it is truly gone: the name can be used
   * again. Nothing there = success. Never touches a VM that is not ours.
   */
  remove(identity: VmIdentity, context: CallContext): Promise<void>;

  /** Gives back connections and timers. */
  close(): Promise<void>;
}
