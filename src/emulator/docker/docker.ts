import type { Mounts } from '../disks/index.js';
import type { PackageDatabase } from '../packages/index.js';
import { DaemonError, type DaemonProgram } from '../services/index.js';
import { serveApi } from './api-server.js';
import { createEngine, type Engine } from './engine.js';
import { engineOptions } from './engine-options.js';

export interface DockerParts {
  readonly packages: PackageDatabase;
  readonly mounts: Mounts;
  /** Where the engine's port 2376 is opened. */
  readonly port: number;
}

/** Docker of one guest: the version that its packages bring, and the engine while dockerd runs. */
export class Docker {
  readonly #parts: DockerParts;
  #engine: Engine | undefined;

  constructor(parts: DockerParts) {
    this.#parts = parts;
  }

  /** The engine, while one runs. */
  get engine(): Engine | undefined {
    return this.#engine;
  }

  /** The version of the installed package of the engine or of its command line, e.g. `28.2.2`. */
  installedVersion(part: 'engine' | 'command-line'): string | undefined {
    const names = [part === 'engine' ? 'docker-ce' : 'docker-ce-cli', 'docker.io'];
    const [found] = names.flatMap((name) => this.#parts.packages.find(name) ?? []);
    return found && /\d+\.\d+(?:\.\d+)?/.exec(found.version.replace(/^\d+:/, ''))?.[0];
  }

  /** The emulated dockerd: reads flags, daemon.json and TLS files, then serves the API until stopped. */
  readonly daemon: DaemonProgram = async ({ system, args, log }) => {
    const version = this.installedVersion('engine');
    if (version === undefined)
      throw new DaemonError('dockerd: package docker-ce is not completely installed');
    const options = engineOptions(args, system.fs);
    if (this.#engine !== undefined)
      throw new DaemonError('process with PID file /var/run/docker.pid is still running');
    // rancher-machine's provisioner writes into it and relies on the engine to have made it.
    system.fs.mkdirs('/etc/docker');
    const { mounts, port: outsidePort } = this.#parts;
    const engine = createEngine({ system, mounts, options, version });
    log(`Starting up: emulated engine ${version}, storage driver ${options.storageDriver}`);
    const server = await serveApi(engine, outsidePort);
    this.#engine = engine;
    for (const { host, port } of options.tcp) log(`API listen on ${host}:${port}`);
    return {
      stop: async () => {
        this.#engine = undefined;
        log("Processing signal 'terminated'");
        await server.stop();
      },
    };
  };
}
