import { z } from 'zod';
import type { ServedMethods } from './calls.js';
import { servedMethod } from './served-method.js';

export interface PluginIdentity {
  /** As orchestrators name the driver; letters, digits, `.`, `_` and `-`, at most 63. */
  readonly name: string;
  readonly version: string;
}

const NOTHING = z.unknown();

/** What the driver is and can do: the same for every role, for orchestrators ask either half. */
export function identityMethods({ name, version }: PluginIdentity): ServedMethods {
  return {
    GetPluginInfo: servedMethod({
      request: NOTHING,
      run: () => Promise.resolve({ name, vendorVersion: version }),
    }),
    GetPluginCapabilities: servedMethod({
      request: NOTHING,
      run: () =>
        Promise.resolve({
          capabilities: [
            { service: { type: 'CONTROLLER_SERVICE' } },
            { volumeExpansion: { type: 'ONLINE' } },
          ],
        }),
    }),
    /**
     * Always ready, without a request to Prism: Swarm asks once, and takes a plugin that is not ready for one without
     * a controller until its daemon restarts (volumes.md 5). What is wrong is said by the calls that need it.
     */
    Probe: servedMethod({ request: NOTHING, run: () => Promise.resolve({ ready: { value: true } }) }),
  };
}
