import { OperationError } from '../../support/index.js';
import type { AddCommand } from '../volume-life.js';
import type { CommandRuntime } from '../volume-runtime.js';
import { ENGINE_SOCKET, EngineApi } from './engine-api.js';

const PLUGIN = 'nutanix';

/**
 * announce: an engine gets to know a plugin of a socket when it is first asked for volumes. Until then a swarm gives this
 * host no task that names the driver: `no suitable node` (seen with Docker 26.1.5).
 */
export function addAnnounce(add: AddCommand, { log, stop }: CommandRuntime): void {
  add('announce', 'make the Docker engine of this host know the plugin, for its swarm', {
    readsSettings: false,
  })
    .option('--engine <path>', "socket of the engine's API", ENGINE_SOCKET)
    .action(async ({ engine: socketPath }: { readonly engine: string }) => {
      const attempted = `make the engine at ${socketPath} know the volume plugin`;
      const known = await new EngineApi(socketPath, stop).volumeDrivers();
      if (known.includes(PLUGIN)) {
        log.info(`the engine at ${socketPath} knows the volume plugin`);
        return;
      }
      const problem = `it knows the volume drivers ${known.join(', ')}, and not ${PLUGIN}`;
      const advice = 'See whether the plugin runs: systemctl status nutanix-volume.';
      throw new OperationError({ code: 'not-found', attempted, problem, advice });
    });
}
