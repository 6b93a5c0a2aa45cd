import type { CallContext, VmIdentity } from '../provider/index.js';
import type { AddressOptions, AddressPreference } from './address-choice.js';
import { createHost } from './create-host.js';
import type { CreatedHost, HostDependencies, HostSpec, PreparedHost } from './host-spec.js';
import { observationOf, type HostObservation } from './host-state.js';
import { killHost, startHost, stopHost, type PowerOptions } from './power.js';
import { prepareHost } from './prepare-host.js';
import { restartHost } from './restart.js';

/**
 * The life of one Docker host on any provider. Front ends hold the configuration and give it in; nothing is
 * kept between calls.
 */
export interface HostLifecycle {
  /** PreCreateCheck: everything that can be known to fail is found here, in one error; fixes the identity. */
  prepare(spec: HostSpec, context: CallContext): Promise<PreparedHost>;
  /** Create: steps with their rollback. On failure nothing is left (unless keepOnError). */
  create(spec: HostSpec, prepared: PreparedHost, context: CallContext): Promise<CreatedHost>;
  /** Resolves with the address when the guest has one again. */
  start(identity: VmIdentity, options: AddressOptions, context: CallContext): Promise<string>;
  stop(identity: VmIdentity, options: PowerOptions, context: CallContext): Promise<void>;
  kill(identity: VmIdentity, context: CallContext): Promise<void>;
  restart(
    identity: VmIdentity,
    options: AddressOptions & PowerOptions,
    context: CallContext,
  ): Promise<string>;
  remove(identity: VmIdentity, context: CallContext): Promise<void>;
  /** State and address now, in one request. */
  observe(
    identity: VmIdentity,
    preference: AddressPreference,
    context: CallContext,
  ): Promise<HostObservation>;
}

/** The life of Docker hosts on `provider`. Each operation is called itself, not through a function of this object. */
export function createHostLifecycle(deps: HostDependencies): HostLifecycle {
  const { provider } = deps;
  return {
    prepare: prepareHost.bind(undefined, deps),
    create: createHost.bind(undefined, deps),
    start: startHost.bind(undefined, deps),
    stop: stopHost.bind(undefined, deps),
    kill: killHost.bind(undefined, deps),
    restart: restartHost.bind(undefined, deps),
    remove: async (identity, context) => await provider.remove(identity, context),
    observe: async (identity, preference, context) =>
      observationOf(await provider.find(identity, context), preference),
  };
}
