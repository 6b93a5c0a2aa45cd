import type { Placement, VmSpec } from '../../../src/provider/index.js';
import { SpokenVersions } from '../../../src/prism/discovery/index.js';
import { createHttpClient } from '../../../src/prism/http/index.js';
import { createPrismProvider, type PrismProvider } from '../../../src/prism/index.js';
import { readErrorBody } from '../../../src/prism/shared/index.js';
import { V4Api } from '../../../src/prism/v4/api.js';
import type { KnownCreate, V4Backend } from '../../../src/prism/v4/backend.js';
import { PRESET, type Simulator } from '../../../src/simulator/index.js';
import { silentLogger, type Logger } from '../../../src/support/index.js';
import { hasty } from '../simulated.js';
import { spec } from '../spec.js';

/** What a server of each version serves, in the words that a provider keeps (reference v4 1.3). */
const SPOKEN: Readonly<Record<string, string>> = {
  'pc.2024.3': 'v4 vmm=4.0 prism=4.0 clustermgmt=4.0 networking=4.0 volumes=4.0',
  'pc.7.3': 'v4 vmm=4.1 prism=4.1 clustermgmt=4.1 networking=4.1 volumes=4.1',
  'pc.7.6': 'v4 vmm=4.3 prism=4.4 clustermgmt=4.3 networking=4.4 volumes=4.3',
};

export interface ProviderChoice {
  readonly logger?: Logger;
  readonly api?: 'v3' | 'v4';
  /** Version of the server, for what is known of its API; default pc.7.6. */
  readonly pcVersion?: string;
  /** What is known of its API, instead. */
  readonly spokenApi?: string;
}

/** Back ends that speak API v4 to simulators; `stop` gives their connections back. */
export function v4Providers(): {
  readonly to: (simulator: Simulator, choice?: ProviderChoice) => PrismProvider;
  readonly stop: () => Promise<void>;
} {
  const providers: PrismProvider[] = [];
  return {
    to: ({ host, port, fingerprint, username, password }, choice = {}) => {
      const { logger = silentLogger, api = 'v4', pcVersion = 'pc.7.6' } = choice;
      const connection = {
        host,
        port,
        credentials: { kind: 'password', username, password },
        trust: { kind: 'fingerprint', sha256: fingerprint },
        api,
      } as const;
      const { spokenApi = api === 'v4' ? SPOKEN[pcVersion] : 'v3' } = choice;
      const dependencies = { logger, clock: hasty, userAgent: 'test-driver/1', spokenApi };
      const provider = createPrismProvider(connection, dependencies);
      providers.push(provider);
      return provider;
    },
    stop: async () => {
      for (const provider of providers.splice(0)) await provider.close();
    },
  };
}

/** The back end's parts themselves, for requests that no method of the port makes; to be closed by its user. */
export function backendTo({ host, port, fingerprint, username, password }: Simulator): V4Backend {
  const tools = { logger: silentLogger, clock: hasty, userAgent: 'test-driver/1', readErrorBody };
  const http = createHttpClient(
    {
      host,
      port,
      credentials: { kind: 'password', username, password },
      trust: { kind: 'fingerprint', sha256: fingerprint },
    },
    { ...tools, random: () => 0.5 },
  );
  const api = new V4Api(http, SpokenVersions.newest());
  const creates = new Map<string, KnownCreate>();
  return { api, clock: hasty, logger: silentLogger, random: () => 0.5, product: 'test-driver', creates };
}

const placement: Placement = {
  cluster: named(PRESET.cluster),
  image: named(PRESET.image),
  subnets: [named(PRESET.managedSubnet)],
  categories: [],
  gpus: [],
  storageContainers: [named(PRESET.defaultContainer)],
  warnings: [],
};

function named({ uuid, name }: { uuid: string; name: string }): { id: string; name: string } {
  return { id: uuid, name };
}

/** A VM on the simulator's preset, with one disk beside the system's. */
export function presetSpec(name: string): VmSpec {
  return {
    ...spec,
    name,
    hostname: name,
    placement,
    systemDiskGiB: 20,
    disks: [{ sizeGiB: 10, bus: 'scsi' }],
  };
}
