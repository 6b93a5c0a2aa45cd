import type { CloudModules } from '../cloud-modules.js';
import type { PluginLog } from '../../logging/index.js';
import { HostSession, type OpenConnection } from '../../session/index.js';
import {
  connectionOf,
  credentialsPlace,
  MachineConfig,
  trustPlace,
  type ConfigValues,
  type Environment,
} from '../../settings/index.js';
import type { Clock } from '../../support/index.js';
import { ConfigStore, titleOf } from './config-store.js';

export interface MachineDependencies {
  readonly cloud: CloudModules;
  readonly log: PluginLog;
  readonly clock: Clock;
  readonly environment: Environment;
  /** The folder from which relative paths start. */
  readonly folder: () => string;
}

/** The machine of the plugin's client: its config.json, and the session of the host that it describes. */
export class Machine {
  readonly config = new MachineConfig();
  readonly session: HostSession;
  readonly log: PluginLog;
  readonly environment: Environment;
  readonly folder: () => string;
  readonly #cloud: CloudModules;
  readonly #clock: Clock;

  constructor({ cloud, log, clock, environment, folder }: MachineDependencies) {
    this.#cloud = cloud;
    this.#clock = clock;
    this.log = log;
    this.environment = environment;
    this.folder = folder;
    this.session = new HostSession({
      store: new ConfigStore(this.config),
      source: {
        open: async (warn) => await this.#connect(warn),
        placeOf: (refused) => (refused === 'trust' ? trustPlace(this.values) : credentialsPlace(this.values)),
      },
      guestAnswers: async (...guest) => await cloud.guestAnswers(...guest),
      log,
      clock,
      onAddressChange: (before, now) =>
        log.warn(
          `the address has changed from ${before} to ${now}: run "docker-machine regenerate-certs ${this.values.MachineName}"`,
        ),
    });
  }

  get values(): ConfigValues {
    return this.config.values;
  }

  /** E.g. `start machine "web-1"`. */
  attempt(verb: string): string {
    return `${verb} ${titleOf(this.values)}`;
  }

  async #connect(warn: (text: string) => void): Promise<OpenConnection> {
    const connection = await connectionOf(this.values, this.environment, warn);
    this.log.redactor.addConnection(connection);
    const context = { logger: this.log, clock: this.#clock, environment: this.environment };
    const store = storeOf(this.values, this.environment);
    const { SpokenApi, CreationKey } = this.values;
    const known = { spokenApi: textOrNothing(SpokenApi), creationToken: textOrNothing(CreationKey) };
    const provider = await this.#cloud.connect(connection, { ...context, store, ...known });
    const hosts = await this.#cloud.lifecycle(provider, context);
    return {
      hosts,
      get spokenApi() {
        return provider.spokenApi;
      },
      close: async () => await provider.close(),
    };
  }
}

function textOrNothing(text: string): string | undefined {
  return text === '' ? undefined : text;
}

/** The client's folder; a configuration that was written by hand may lack it. */
function storeOf({ StorePath }: ConfigValues, environment: Environment): string | undefined {
  const store = StorePath === '' ? (environment['MACHINE_STORAGE_PATH'] ?? '') : StorePath;
  return store === '' ? undefined : store;
}
