import type { CallContext, Placement, VmId, VmIdentity } from '../provider/index.js';
import type { AddressOptions, AddressPreference } from './address-choice.js';
import { createHost } from './create-host.js';
import type { CreatedHost, HostDependencies, HostSpec, PreparedHost } from './host-spec.js';
import { observationOf, type HostObservation } from './host-state.js';
import { killHost, startHost, stopHost, type PowerOptions } from './power.js';
import { checkHost, prepareHost } from './prepare-host.js';
import { presentKeys } from './present-keys.js';
import { waitUntilReady } from './readiness-wait.js';
import { restartHost } from './restart.js';

/**
 * The life of one Docker host on any provider. Front ends hold the configuration and give it in; nothing is
 * kept between calls.
 */
export interface HostLifecycle {
  /** Everything that can be known to fail is found here, in one error; nothing is made or reserved. */
  check(spec: HostSpec, context: CallContext): Promise<Placement>;
  /**
   * PreCreateCheck: `check`, then the identity is fixed. `checked`: what `check` has found for a host that differs in its
   * name only, and is not looked up again.
   */
  prepare(spec: HostSpec, context: CallContext, checked?: Placement): Promise<PreparedHost>;
  /**
   * Create: steps with their rollback. On failure nothing is left (unless keepOnError). `onMade` is called when the cloud
   * has made the VM, long before its guest is ready.
   */
  create(
    spec: HostSpec,
    prepared: PreparedHost,
    context: CallContext,
    onMade?: (vmId: VmId) => void,
  ): Promise<CreatedHost>;
  /** Waits until the guest of a host that was made before is as ready as `create` would have it; its address. */
  waitUntilReady(spec: HostSpec, identity: VmIdentity, context: CallContext): Promise<string>;
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
    check: checkHost.bind(undefined, deps),
    prepare: prepareHost.bind(undefined, deps),
    create: createHost.bind(undefined, deps),
    waitUntilReady: async (spec, identity, context) =>
      await waitUntilReady(deps, spec, identity, await presentKeys(spec.ssh, spec.name), context),
    start: startHost.bind(undefined, deps),
    stop: stopHost.bind(undefined, deps),
    kill: killHost.bind(undefined, deps),
    restart: restartHost.bind(undefined, deps),
    remove: async (identity, context) => await provider.remove(identity, context),
    observe: async (identity, preference, context) =>
      observationOf(await provider.find(identity, context), preference),
  };
}
