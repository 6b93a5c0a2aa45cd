import { randomUUID } from 'node:crypto';
import type { Clock, Logger } from '../../support/index.js';
import { CloudInitStatus } from '../cloudinit/index.js';
import { Docker } from '../docker/index.js';
import { BlockDevices, Mounts, mountsText, type DiskContent } from '../disks/index.js';
import type { MemoryFileSystem } from '../filesystem/index.js';
import type { GuestDisk, GuestSpec } from '../../simulator/index.js';
import { Mirror, PackageDatabase } from '../packages/index.js';
import { ServiceManager, type DaemonProgram } from '../services/index.js';
import { Accounts } from '../os/accounts.js';
import { prepareBoot, showFirmware } from '../os/kernel-files.js';
import type { Distribution } from '../os/distribution.js';
import { Journal } from '../os/journal.js';
import type { GuestNetwork } from '../os/network.js';
import type { Program, PowerSwitch, System } from '../os/process.js';
import { programOf } from './programs.js';

export interface SystemParts {
  readonly spec: GuestSpec;
  readonly fs: MemoryFileSystem;
  /** What is on the disks, by their UUIDs. */
  readonly diskContents: Map<string, DiskContent>;
  readonly distribution: Distribution;
  readonly engineVersion: string;
  /** How long apt takes for one package, ms. */
  readonly packageTime: number;
  /** Where the engine's port 2376 is opened. */
  readonly dockerPort: number;
  readonly network: GuestNetwork;
  /** The daemons besides dockerd, by their programs' names. */
  readonly daemons: ReadonlyMap<string, DaemonProgram>;
  readonly power: PowerSwitch;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Aborted when the guest loses power. */
  readonly signal: AbortSignal;
}

/**
 * A running guest with all its parts; processes see it as the interface System. What has to outlive power-off is
 * in its files.
 */
export class GuestSystem implements System {
  readonly spec: GuestSpec;
  readonly fs: MemoryFileSystem;
  readonly distribution: Distribution;
  readonly packageTime: number;
  readonly network: GuestNetwork;
  readonly power: PowerSwitch;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  readonly accounts: Accounts;
  readonly packages: PackageDatabase;
  readonly mirror: Mirror;
  readonly services: ServiceManager;
  readonly docker: Docker;
  readonly cloudInit: CloudInitStatus;
  readonly disks: BlockDevices;
  readonly mounts: Mounts;
  readonly journal = new Journal();
  readonly bootId: string = randomUUID();
  hostname = 'localhost';
  readonly #bootedAt: number;
  #processId = 1000;

  constructor({
    spec,
    fs,
    diskContents,
    distribution,
    engineVersion,
    packageTime,
    dockerPort,
    network,
    daemons,
    power,
    clock,
    logger,
    signal,
  }: SystemParts) {
    this.spec = spec;
    this.fs = fs;
    this.distribution = distribution;
    this.packageTime = packageTime;
    this.network = network;
    this.power = power;
    this.clock = clock;
    this.#bootedAt = clock.now();
    this.logger = logger;
    this.signal = signal;
    this.accounts = new Accounts(fs);
    this.packages = new PackageDatabase(fs);
    this.mirror = new Mirror(fs, distribution, engineVersion);
    prepareBoot(fs, this.bootId, () => mountsText(this.mounts.table));
    showFirmware(fs, spec.vmUuid);
    this.disks = new BlockDevices(fs, spec.disks, diskContents);
    this.mounts = new Mounts(fs, this.disks);
    this.docker = new Docker({ packages: this.packages, mounts: this.mounts, port: dockerPort });
    this.services = new ServiceManager(this, new Map([...daemons, ['dockerd', this.docker.daemon]]));
    this.cloudInit = new CloudInitStatus(fs);
  }

  /** Volume groups have been attached, detached or grown. */
  changeDisks(disks: readonly GuestDisk[]): void {
    for (const gone of this.disks.change(disks)) this.mounts.drop(gone);
  }

  get uptime(): number {
    return this.clock.now() - this.#bootedAt;
  }

  get processId(): number {
    return this.#processId;
  }

  nextProcessId(): number {
    return ++this.#processId;
  }

  program(name: string): Program | undefined {
    return programOf(this, name);
  }
}
