import { OperationError } from '../../support/index.js';
import type { AddCommand } from '../volume-life.js';
import type { CommandRuntime } from '../volume-runtime.js';

const ENGINE_SOCKET = '/var/run/docker.sock';
const PLUGIN = 'nutanix';

/**
 * announce: an engine gets to know a plugin of a socket when it is first asked for volumes. Until then a swarm gives this
 * host no task that names the driver: `no suitable node` (seen with Docker 26.1.5).
 */
export function addAnnounce(add: AddCommand, { log }: CommandRuntime): void {
  add('announce', 'make the Docker engine of this host know the plugin, for its swarm', {
    readsSettings: false,
  })
    .option('--engine <path>', "socket of the engine's API", ENGINE_SOCKET)
    .action(async ({ engine: socketPath }: { readonly engine: string }) => {
      const { default: Docker } = await import('dockerode');
      const engine = new Docker({ socketPath });
      const attempted = `make the engine at ${socketPath} know the volume plugin`;
      try {
        await engine.listVolumes();
      } catch (error) {
        throw OperationError.from(error, attempted).with({ code: 'unreachable' });
      }
      const known = pluginsIn(await engine.info());
      if (known.includes(PLUGIN)) {
        log.info(`the engine at ${socketPath} knows the volume plugin`);
        return;
      }
      const problem = `it knows the volume drivers ${known.join(', ')}, and not ${PLUGIN}`;
      const advice = 'See whether the plugin runs: systemctl status nutanix-volume.';
      throw new OperationError({ code: 'not-found', attempted, problem, advice });
    });
}

/** `Plugins.Volume` of the engine's description. */
function pluginsIn(info: unknown): readonly string[] {
  if (typeof info !== 'object' || info === null || !('Plugins' in info)) return [];
  const plugins = info.Plugins;
  if (typeof plugins !== 'object' || plugins === null || !('Volume' in plugins)) return [];
  return Array.isArray(plugins.Volume)
    ? plugins.Volume.filter((name): name is string => typeof name === 'string')
    : [];
}
