import { systemClock } from '../../support/index.js';
import type { AddCommand } from '../volume-life.js';
import type { CommandRuntime } from '../volume-runtime.js';
import { ENGINE_SOCKET, EngineApi } from './engine-api.js';
import { startLeftContainers } from './left-containers.js';

interface StartOptions {
  readonly engine: string;
  readonly driver: string;
}

/** start-containers: ends when nothing is left down, or in order when it is told to. */
export function addStartContainers(add: AddCommand, { log, stop }: CommandRuntime): void {
  add(
    'start-containers',
    'start containers that the engine left down because a volume could not be mounted',
    {
      readsSettings: false,
    },
  )
    .option('--engine <path>', "socket of the engine's API", ENGINE_SOCKET)
    .option('--driver <name>', 'the plugin as the engine knows it', 'nutanix')
    .action(async ({ engine: socketPath, driver }: StartOptions) => {
      const engine = new EngineApi(socketPath, stop);
      const { random } = Math;
      try {
        await startLeftContainers({ engine, driver, clock: systemClock, log, random, signal: stop });
      } catch (error) {
        // The end of the engine is the end of this.
        if (!stop.aborted) throw error;
      }
    });
}
