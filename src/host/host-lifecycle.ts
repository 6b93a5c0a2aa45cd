import { createHost } from './create-host.js';
import type { HostDependencies } from './host-dependencies.js';
import { observationOf } from './host-state.js';
import type { HostLifecycle } from './lifecycle.js';
import { killHost, startHost, stopHost } from './power.js';
import { restartHost } from './restart.js';
import { prepareHost } from './prepare-host.js';

/** The life of Docker hosts on `provider`. */
export function createHostLifecycle(deps: HostDependencies): HostLifecycle {
  const { provider } = deps;
  return {
    prepare: async (spec, context) => await prepareHost(deps, spec, context),
    create: async (spec, prepared, context) => await createHost(deps, spec, prepared, context),
    start: async (trace, options, context) => await startHost(deps, trace, options, context),
    stop: async (trace, options, context) => await stopHost(deps, trace, options, context),
    kill: async (trace, context) => await killHost(deps, trace, context),
    restart: async (trace, options, context) => await restartHost(deps, trace, options, context),
    remove: async (trace, context) => await provider.remove(trace, context),
    observe: async (trace, wishes, context) => observationOf(await provider.find(trace, context), wishes),
  };
}
