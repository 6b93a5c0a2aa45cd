import { DaemonError, type Daemon, type DaemonStart } from '../services/index.js';
import { serveApi } from './api-server.js';
import { createEngine } from './engine.js';
import { engineOptions } from './engine-options.js';
import { installedEngineVersion } from './engine-version.js';

/** The emulated dockerd: reads flags, daemon.json and TLS files, then serves the API until stopped. */
export async function dockerd({ system, args, log }: DaemonStart): Promise<Daemon> {
  const version = installedEngineVersion(system);
  if (version === undefined) throw new DaemonError('dockerd: package docker-ce is not completely installed');
  const options = engineOptions(args, system.fs);
  if (system.engine !== undefined)
    throw new DaemonError('process with PID file /var/run/docker.pid is still running');
  // rancher-machine's provisioner writes into it and relies on the engine to have made it.
  system.fs.mkdirs('/etc/docker');
  const engine = createEngine(system, options, version);
  log(`Starting up: emulated engine ${version}, storage driver ${options.storageDriver}`);
  const server = await serveApi(engine);
  system.engine = engine;
  for (const { host, port } of options.tcp) log(`API listen on ${host}:${port}`);
  return {
    stop: async () => {
      system.engine = undefined;
      log("Processing signal 'terminated'");
      await server.stop();
    },
  };
}
