import type { CallContext, VmTrace } from '../provider/index.js';
import type { AddressWishes } from './address-choice.js';
import type { CreatedHost, HostObservation, HostSpec, PreparedHost, SshAccess } from './host-spec.js';

/** Time limits of one operation, ms. */
export interface PowerOptions {
  /** How long a guest may take to shut down by itself before the plug is pulled. */
  readonly stopTimeout: number;
}

/** Where the guest is reached after Start and Restart. */
export interface AddressOptions extends AddressWishes {
  readonly ssh: SshAccess;
}

/**
 * The life of one Docker host on any provider. Front ends hold the configuration and give it in; nothing is
 * kept between calls.
 */
export interface HostLifecycle {
  /** PreCreateCheck: everything that can be known to fail is found here, in one error; fixes the identity. */
  prepare(spec: HostSpec, context: CallContext): Promise<PreparedHost>;
  /** Create: steps with their undo. On failure nothing is left (unless keepOnError). */
  create(spec: HostSpec, prepared: PreparedHost, context: CallContext): Promise<CreatedHost>;
  /** Resolves with the address when the guest has one again. */
  start(trace: VmTrace, options: AddressOptions, context: CallContext): Promise<string>;
  stop(trace: VmTrace, options: PowerOptions, context: CallContext): Promise<void>;
  kill(trace: VmTrace, context: CallContext): Promise<void>;
  restart(trace: VmTrace, options: AddressOptions & PowerOptions, context: CallContext): Promise<string>;
  remove(trace: VmTrace, context: CallContext): Promise<void>;
  /** State and address now, in one request. */
  observe(trace: VmTrace, wishes: AddressWishes, context: CallContext): Promise<HostObservation>;
}
