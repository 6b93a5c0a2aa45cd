import { setMaxListeners } from 'node:events';
import { Option } from 'commander';
import type { CsiRole } from '../csi/index.js';
import { OperationError } from '../support/index.js';
import type { VolumeService } from '../volume/index.js';
import { loadSettings, type SharedOptions } from './command-session.js';
import { openVolumeService } from './open-volume-service.js';
import type { AddCommand } from './volume-life.js';
import type { CommandRuntime } from './volume-runtime.js';
import { WhenNeeded } from './when-needed.js';

export const DEFAULT_SOCKET = '/run/docker/plugins/nutanix.sock';

const CSI_ENDPOINT = 'unix:///run/nutanix-volume/csi.sock';

interface ServingOptions extends SharedOptions {
  readonly mounts?: string | undefined;
}

/** docker-plugin, csi: serve until a signal ends them. */
export function addFrontEnds(add: AddCommand, runtime: CommandRuntime): void {
  add('docker-plugin', "serve Docker's volume plugin protocol")
    .option(
      '--socket <path>',
      'where the engine finds it, unless systemd hands a socket over',
      DEFAULT_SOCKET,
    )
    .option(
      '--mounts <folder>',
      "folder below which volumes are mounted (default: mounts in the settings' folder)",
    )
    .action(async (options: ServingOptions & { readonly socket: string }) => {
      const { environment, processId, stop } = runtime;
      setMaxListeners(0, stop);
      const { log } = runtime;
      const { inheritedDescriptor, serveDockerPlugin } = await import('../docker-plugin/index.js');
      const core = coreWhenNeeded(runtime, options);
      const descriptor = inheritedDescriptor(environment, processId);
      const place = descriptor === undefined ? { path: options.socket } : { descriptor };
      const plugin = await serveDockerPlugin(place, { service: () => core.get(), logger: log });
      log.info(`volume plugin ${runtime.version} listens at ${plugin.address}`);
      // A fault of the settings is told at once, and again with each call until it is mended.
      core.get().catch((error: unknown) => log.warn(OperationError.from(error, 'open the volumes').message));
      await aborted(stop);
      log.info('ending: calls under way are finished, volumes stay mounted');
      await plugin.close();
      await core.close();
      await log.flush();
    });
  add('csi', 'serve the Container Storage Interface: Swarm cluster volumes, Kubernetes')
    .addOption(
      new Option(
        '--role <role>',
        'which half of the driver: the controller once in a cluster, the node on every host; all is both, and so is swarm, where every host attaches for itself',
      )
        .choices(['controller', 'node', 'all', 'swarm'])
        .default('all'),
    )
    .option(
      '--endpoint <address>',
      'its socket, unix:// and a path (default: $CSI_ENDPOINT or ' + CSI_ENDPOINT + ')',
    )
    .action(async (options: SharedOptions & { readonly role: CsiRole; readonly endpoint?: string }) => {
      const { environment, stop, version } = runtime;
      setMaxListeners(0, stop);
      const { log } = runtime;
      const { role } = options;
      const core = coreWhenNeeded(runtime, options, { detachesAll: role === 'swarm' });
      const { serveCsi } = await import('../csi/index.js');
      const named = environment['CSI_ENDPOINT'] ?? '';
      const endpoint = options.endpoint ?? (named === '' ? CSI_ENDPOINT : named);
      const server = await serveCsi({ service: () => core.get(), role, endpoint, version, logger: log });
      await aborted(stop);
      await server.close();
      await core.close();
      await log.flush();
    });
}

/** The core, opened by the first call that needs it: after a failure the settings can be mended meanwhile. */
function coreWhenNeeded(
  runtime: CommandRuntime,
  options: ServingOptions,
  manner: { readonly detachesAll?: boolean } = {},
): WhenNeeded<VolumeService> {
  return new WhenNeeded(async () => {
    const settings = await loadSettings(runtime, options);
    const { mounts: mountFolder } = options;
    return openVolumeService(runtime, settings, { background: true, mountFolder, ...manner });
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
