import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHostLifecycle, type HostLifecycle, type HostSpec } from '../../src/host/index.js';
import { createPrismProvider } from '../../src/prism/index.js';
import type { CallContext, Provider } from '../../src/provider/index.js';
import { createEmulatedGuests } from '../../src/emulator/index.js';
import { type GuestFaults } from '../../src/emulator/guest/options.js';
import { PRESET, presetInventory, startSimulator, type Simulator } from '../../src/simulator/index.js';
import { silentLogger, systemClock } from '../../src/support/index.js';
import { unusedPort } from '../guest/ssh-server.js';
import { loopbackCertificate } from '../simulator/loopback-certificate.js';

/** Prism Central with guests that answer, and the life of hosts on it: everything but the front end is real. */
export class SimulatedCloud {
  readonly warnings: string[] = [];
  readonly progress: string[] = [];
  readonly context: CallContext = {
    // A limit against hanging.
    signal: AbortSignal.timeout(300_000),
    progress: (line) => void this.progress.push(line),
  };
  readonly folder = mkdtempSync(join(tmpdir(), 'simulated-'));

  private constructor(
    readonly simulator: Simulator,
    readonly sshPort: number,
    private readonly provider: Provider,
  ) {}

  /** `faults`: what is wrong with the guests. */
  static async start(faults: GuestFaults = {}): Promise<SimulatedCloud> {
    const [sshPort, dockerPort] = [await unusedPort(), await unusedPort()];
    const guests = createEmulatedGuests({
      sshPort,
      dockerPort,
      clock: systemClock,
      logger: silentLogger,
      times: { boot: 100, cloudInit: 100, shutdown: 50, learning: 50 },
      faults: () => faults,
    });
    // Simulators of other tests have other loopback networks.
    const inventory = presetInventory(`127.${90 + (process.pid % 100)}.${sshPort % 256}.0/24`);
    const simulator = await startSimulator({ guests, inventory, certificate: loopbackCertificate() });
    const { host, port, username, password, fingerprint } = simulator;
    const provider = createPrismProvider(
      {
        host,
        port,
        credentials: { kind: 'password', username, password },
        trust: { kind: 'fingerprint', sha256: fingerprint },
        api: 'v3',
      },
      { logger: silentLogger, clock: systemClock, userAgent: 'test/1' },
    );
    return new SimulatedCloud(simulator, sshPort, provider);
  }

  get hosts(): HostLifecycle {
    const logger = { ...silentLogger, warn: (line: string) => void this.warnings.push(line) };
    return createHostLifecycle({ provider: this.provider, logger, clock: systemClock });
  }

  spec(change: Partial<HostSpec> = {}): HostSpec {
    return {
      name: 'web-1',
      placement: {
        cluster: PRESET.cluster.name,
        image: PRESET.image.name,
        subnets: [PRESET.managedSubnet.name],
        categories: [],
        gpus: [],
        storageContainers: [],
        staticAddresses: [],
      },
      vm: {
        description: 'a test',
        sockets: 1,
        coresPerSocket: 1,
        cpuPassthrough: false,
        memoryMiB: 1024,
        disks: [],
        staticAddresses: [],
        bootType: 'legacy',
        vtpm: false,
        serialPort: false,
      },
      ssh: { user: 'root', port: this.sshPort, keyPath: join(this.folder, 'id_rsa'), generate: 'ed25519' },
      mounts: [],
      waitFor: 'cloud-init',
      keepOnError: false,
      ...change,
    };
  }

  /** What the cloud still holds. */
  left(): unknown {
    const { vms, reservations, addresses } = this.simulator.snapshot();
    return { vms, reservations, addresses: addresses.flatMap(({ reserved }) => reserved) };
  }

  async close(): Promise<void> {
    await this.provider.close();
    await this.simulator.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export const NOTHING_LEFT = { vms: [], reservations: [], addresses: [] };
