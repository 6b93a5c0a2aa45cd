import { OperationError } from '../../support/index.js';
import type { DiskContent } from '../disks/index.js';
import type { MemoryFileSystem } from '../filesystem/index.js';
import type { Guest, GuestDisk, GuestEvents, GuestSpec, GuestTerminal } from '../../simulator/index.js';
import { idleDaemon, type DaemonProgram } from '../services/index.js';
import { openConsole, sshd } from '../ssh/index.js';
import { DISTRIBUTIONS } from '../os/distribution.js';
import { GuestNetwork, type Interface } from '../os/network.js';
import { GuestSystem } from './guest-system.js';
import { boot } from './boot.js';
import {
  DEFAULT_ENGINE_VERSION,
  type EmulatedGuestOptions,
  type GuestFaults,
  type GuestTimes,
} from './options.js';
import { rootsOf } from './saved-guests.js';

const DAEMONS: ReadonlyMap<string, DaemonProgram> = new Map([
  ['sshd', sshd],
  ['containerd', idleDaemon],
]);

const STANDARD_DOCKER_PORT = 2376;

/** One power-on: everything that ends when power goes. */
interface Run {
  readonly system: GuestSystem;
  readonly power: AbortController;
  goingDown: boolean;
}

/** What a guest needs that is not its own. */
export interface GuestEnvironment {
  readonly spec: GuestSpec;
  readonly events: GuestEvents;
  readonly fs: MemoryFileSystem;
  readonly diskContents: Map<string, DiskContent>;
  /** Puts the content of these disks, as far as they are volume groups', into `diskContents`, and of no others. */
  readonly keepVolumes: (disks: readonly GuestDisk[]) => void;
  readonly options: EmulatedGuestOptions;
  readonly times: GuestTimes;
  readonly faults: GuestFaults;
  readonly interfaces: readonly Interface[];
}

/** A VM's guest from power-on to power-off, reboots included. */
export class EmulatedGuest implements Guest {
  readonly #environment: GuestEnvironment;
  /** What the VM has, also at its next boot. */
  #disks: readonly GuestDisk[];
  #run: Run | undefined;

  constructor(environment: GuestEnvironment) {
    this.#environment = environment;
    this.#disks = environment.spec.disks;
  }

  /** The running system; undefined when power is off. */
  get system(): GuestSystem | undefined {
    return this.#run?.system;
  }

  start(): void {
    const { spec, events, fs, diskContents, options, times, faults } = this.#environment;
    const power = new AbortController();
    const system = new GuestSystem({
      spec: { ...spec, disks: this.#disks },
      fs,
      diskContents,
      distribution: DISTRIBUTIONS[options.distribution ?? 'ubuntu'],
      engineVersion: options.engineVersion ?? DEFAULT_ENGINE_VERSION,
      packageTime: times.package,
      dockerPort: options.dockerPort ?? STANDARD_DOCKER_PORT,
      network: new GuestNetwork(this.#environment.interfaces),
      daemons: DAEMONS,
      power: { off: () => this.#goDown('off'), reboot: () => this.#goDown('reboot') },
      clock: options.clock,
      logger: options.logger,
      signal: power.signal,
    });
    fs.recount(rootsOf(diskContents)); // What was in /tmp and /run is gone.
    this.#run = { system, power, goingDown: false };
    boot(system, events, times, faults).catch((error: unknown) => {
      if (!power.signal.aborted)
        options.logger.warn(OperationError.from(error, `boot the guest of VM "${spec.name}"`).message);
    });
  }

  requestShutdown(): void {
    if (this.#environment.faults.ignoresAcpi !== true) this.#goDown('off');
  }

  requestReboot(): void {
    if (this.#environment.faults.ignoresAcpi !== true) this.#goDown('reboot');
  }

  async powerOff(): Promise<void> {
    const run = this.#run;
    this.#run = undefined;
    if (run === undefined) return;
    run.power.abort(new Error('the guest lost power'));
    await run.system.network.down();
  }

  async reset(): Promise<void> {
    if (this.#run === undefined) return;
    await this.powerOff();
    this.start();
  }

  async disksChanged(disks: readonly GuestDisk[]): Promise<void> {
    this.#disks = disks;
    const { fs, diskContents, keepVolumes } = this.#environment;
    keepVolumes(disks);
    this.#run?.system.changeDisks(disks);
    fs.recount(rootsOf(diskContents));
    await Promise.resolve();
  }

  openTerminal(show: (output: Uint8Array) => Promise<void>, ended: () => void): GuestTerminal {
    if (this.#run !== undefined) return openConsole(this.#run.system, show, ended);
    ended();
    return { type: () => undefined, close: () => undefined };
  }

  #goDown(then: 'off' | 'reboot'): void {
    const run = this.#run;
    if (run === undefined || run.goingDown) return;
    run.goingDown = true;
    this.#shutDown(run, then).catch((error: unknown) => {
      const attempted = `shut down the guest of VM "${this.#environment.spec.name}"`;
      this.#environment.options.logger.warn(OperationError.from(error, attempted).message);
    });
  }

  /** Services stop at once, as systemd's do; power goes later, unless a hard power-off comes first. */
  async #shutDown(run: Run, then: 'off' | 'reboot'): Promise<void> {
    const { clock } = this.#environment.options;
    try {
      await run.system.services.stopAll();
      await clock.sleep(this.#environment.times.shutdown, run.power.signal);
    } catch (error) {
      if (run.power.signal.aborted) return;
      throw error;
    }
    if (this.#run !== run) return;
    await this.powerOff();
    if (then === 'reboot') this.start();
    else this.#environment.events.poweredOff();
  }
}
