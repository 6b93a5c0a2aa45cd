import type { System } from '../os/process.js';
import { DaemonError, type Daemon, type DaemonProgram } from './daemon.js';
import { enabledAtBoot } from './enablement.js';
import { startCommand } from './start-command.js';
import { canonicalName, loadUnit, type Unit } from './unit-loader.js';

export type ActiveState = 'active' | 'inactive' | 'failed' | 'activating' | 'deactivating';

/** A service's state as `systemctl show` has it. */
export interface ServiceState {
  active: ActiveState;
  /** Running, exited (oneshot with RemainAfterExit), dead, failed. */
  sub: 'running' | 'exited' | 'dead' | 'failed' | 'start' | 'stop';
  since: Date;
  processId: number;
}

interface Service {
  unit: Unit;
  state: ServiceState;
  daemon: Daemon | undefined;
}

/** A start, stop or restart that did not succeed. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';

  constructor(
    readonly kind: 'not-found' | 'masked' | 'failed',
    message: string,
  ) {
    super(message);
  }
}

/** The guest's systemd: unit files as they were at the last daemon-reload, and what runs. */
export class ServiceManager {
  readonly #system: System;
  /** The programs that services keep running, by name. */
  readonly #daemons: ReadonlyMap<string, DaemonProgram>;

  readonly #services = new Map<string, Service>();
  /** Jobs of one unit run one after the other. */
  readonly #jobs = new Map<string, Promise<void>>();

  constructor(system: System, daemons: ReadonlyMap<string, DaemonProgram>) {
    this.#system = system;
    this.#daemons = daemons;
  }

  /** Reads changed unit files at their next use. */
  reload(): void {
    for (const [name, service] of this.#services) {
      const unit = loadUnit(this.#system.fs, name);
      if (unit !== undefined) service.unit = unit;
      else if (service.daemon === undefined) this.#services.delete(name);
    }
  }

  /** The unit as systemd knows it now; undefined = there is none. */
  unit(name: string): Unit | undefined {
    const full = canonicalName(this.#system.fs, name);
    return this.#services.get(full)?.unit ?? loadUnit(this.#system.fs, full);
  }

  state(name: string): ServiceState | undefined {
    return this.#services.get(canonicalName(this.#system.fs, name))?.state;
  }

  /** Whether the files differ from what systemd last read. */
  needsReload(name: string): boolean {
    const known = this.#services.get(canonicalName(this.#system.fs, name))?.unit;
    return known !== undefined && loadUnit(this.#system.fs, known.name)?.text !== known.text;
  }

  start(name: string): Promise<void> {
    return this.#job(name, (full) => this.#start(full, []));
  }

  stop(name: string): Promise<void> {
    return this.#job(name, (full) => this.#stop(full));
  }

  restart(name: string): Promise<void> {
    return this.#job(name, async (full) => {
      await this.#stop(full);
      await this.#start(full, []);
    });
  }

  /** Starts what is enabled; failures are in the journal and do not stop the others. */
  async startEnabled(except: readonly string[] = []): Promise<void> {
    for (const name of enabledAtBoot(this.#system.fs)) {
      if (except.includes(name)) continue;
      await this.start(name).catch((error: unknown) => {
        this.#system.journal.add('systemd', error instanceof Error ? error.message : String(error));
      });
    }
  }

  /** Stops everything, the latest started first. */
  async stopAll(): Promise<void> {
    for (const name of [...this.#services.keys()].reverse()) await this.stop(name).catch(() => undefined);
  }

  #job(name: string, run: (full: string) => Promise<void>): Promise<void> {
    const full = canonicalName(this.#system.fs, name);
    const previous = this.#jobs.get(full) ?? Promise.resolve();
    const job = previous.catch(() => undefined).then(() => run(full));
    this.#jobs.set(full, job);
    return job;
  }

  #require(full: string): Service {
    const known = this.#services.get(full);
    if (known !== undefined) return known;
    const unit = loadUnit(this.#system.fs, full);
    if (unit === undefined) throw new ServiceError('not-found', `Unit ${full} not found.`);
    const state: ServiceState = { active: 'inactive', sub: 'dead', since: new Date(), processId: 0 };
    const service: Service = { unit, state, daemon: undefined };
    this.#services.set(full, service);
    return service;
  }

  async #start(full: string, pulledInBy: readonly string[]): Promise<void> {
    const service = this.#require(full);
    if (service.unit.masked) throw new ServiceError('masked', `Unit ${full} is masked.`);
    if (service.state.active === 'active') return;
    for (const name of service.unit.pullsIn) {
      if (!pulledInBy.includes(name)) await this.#start(name, [...pulledInBy, full]).catch(() => undefined);
    }
    this.#enter(service, 'activating', 'start');
    try {
      service.daemon = await startCommand(this.#system, this.#daemons, service.unit, (status) =>
        this.#ended(service, status),
      );
    } catch (error) {
      this.#failed(service, error);
    }
    const stays = service.daemon !== undefined || service.unit.remainAfterExit;
    this.#enter(
      service,
      stays ? 'active' : 'inactive',
      service.daemon ? 'running' : stays ? 'exited' : 'dead',
    );
    this.#system.journal.add('systemd', `Started ${full} - ${service.unit.description}.`);
  }

  #failed(service: Service, error: unknown): never {
    const { name, description } = service.unit;
    this.#enter(service, 'failed', 'failed');
    const reason = error instanceof Error ? error.message : String(error);
    this.#system.journal.add(name, reason);
    this.#system.journal.add('systemd', `Failed to start ${name} - ${description}.`);
    if (!(error instanceof DaemonError))
      this.#system.logger.warn(`guest ${this.#system.spec.name}: ${name}: ${reason}`);
    throw new ServiceError('failed', `Failed to start ${name}: ${reason}`);
  }

  async #stop(full: string): Promise<void> {
    const service = this.#require(full);
    const { daemon } = service;
    if (daemon !== undefined) {
      this.#enter(service, 'deactivating', 'stop');
      service.daemon = undefined;
      await daemon.stop();
      this.#system.journal.add('systemd', `Stopped ${full} - ${service.unit.description}.`);
    }
    this.#enter(service, 'inactive', 'dead');
  }

  /** The service's main process ended by itself. */
  #ended(service: Service, status: number): void {
    if (service.daemon === undefined) return;
    service.daemon = undefined;
    if (status === 0) this.#enter(service, 'inactive', 'dead');
    else this.#enter(service, 'failed', 'failed');
  }

  #enter(service: Service, active: ActiveState, sub: ServiceState['sub']): void {
    const processId = active === 'active' ? this.#system.nextProcessId() : 0;
    service.state = { active, sub, since: new Date(), processId };
  }
}
