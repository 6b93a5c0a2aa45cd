import { createPrismProvider } from '../../src/prism/index.js';
import type { PlacementRequest, Provider, VmSpec } from '../../src/provider/index.js';
import { PRESET, startSimulator, type Simulator, type SimulatorOptions } from '../../src/simulator/index.js';
import { silentLogger, systemClock, type Clock, type Logger } from '../../src/support/index.js';
import { loopbackCertificate } from '../simulator/loopback-certificate.js';
import { context } from './fixtures.js';

/**
 * Time as it is, but pauses take a fiftieth: the simulator's tasks are over in a few milliseconds. What lasts 10 s and longer
 * is a limit, of a connection or of a whole call: it takes a tenth, because a busy computer needs that much.
 */
export const hasty: Clock = {
  now: () => systemClock.now() * 50,
  sleep: (ms, signal) => systemClock.sleep(ms < 10_000 ? ms / 50 : ms / 10, signal),
};

/** A simulator and providers that speak to it; `stop` ends all of them. */
export function simulated(): {
  start: (options?: SimulatorOptions) => Promise<Simulator>;
  providerTo: (
    simulator: Simulator,
    logger?: Logger,
    credentials?: { username: string; password: string },
  ) => Provider;
  stop: () => Promise<void>;
} {
  const simulators: Simulator[] = [];
  const providers: Provider[] = [];
  return {
    start: async (options) => {
      const simulator = await startSimulator({ certificate: loopbackCertificate(), ...options });
      simulators.push(simulator);
      return simulator;
    },
    providerTo: ({ host, port, fingerprint, username, password }, logger = silentLogger, credentials) => {
      const provider = createPrismProvider(
        {
          host,
          port,
          credentials: { kind: 'password', ...(credentials ?? { username, password }) },
          trust: { kind: 'fingerprint', sha256: fingerprint },
          api: 'v3',
        },
        { logger, clock: hasty, userAgent: 'test-driver/1' },
      );
      providers.push(provider);
      return provider;
    },
    stop: async () => {
      for (const provider of providers.splice(0)) await provider.close();
      for (const simulator of simulators.splice(0)) await simulator.close();
    },
  };
}

export const request: PlacementRequest = {
  cluster: PRESET.cluster.name,
  image: PRESET.image.name,
  subnets: [PRESET.managedSubnet.name, PRESET.overlaySubnet.uuid],
  project: PRESET.project.name,
  categories: [
    { key: 'env', value: 'prod' },
    { key: 'env', value: 'eu' },
  ],
  gpus: ['Tesla_M60_compute'],
  storageContainers: [PRESET.defaultContainer.name],
  systemDiskGiB: 20,
  staticAddresses: [],
};

/** A VM that uses everything the preset offers. */
export async function specFrom(provider: Provider, name = 'web-1'): Promise<VmSpec> {
  return {
    name,
    description: 'a host',
    placement: await provider.resolve(request, context()),
    sockets: 2,
    coresPerSocket: 1,
    cpuPassthrough: false,
    memoryMiB: 2048,
    systemDiskGiB: 20,
    disks: [{ sizeGiB: 10, bus: 'scsi' }],
    staticAddresses: [],
    bootType: 'uefi',
    vtpm: false,
    serialPort: true,
    userData: '#cloud-config\n',
    hostname: name,
  };
}

/** What a simulator still holds. */
export function left(simulator: Simulator): unknown {
  const { vms, reservations, addresses } = simulator.snapshot();
  return { vms, reservations, addresses: addresses.flatMap(({ reserved }) => reserved) };
}
export const NOTHING = { vms: [], reservations: [], addresses: [] };
