import type { Container } from 'dockerode';
import { OperationError, type Clock, type Logger } from '../../../support/index.js';
import type { Guest, GuestEvents } from '../guest-backend.js';
import { awaitExit } from './await-exit.js';
import { lastConsoleLines } from './console.js';
import { POWER_OFF_SIGNAL, REBOOT_SIGNAL } from './container-options.js';
import { engineError, hasStatus } from './engine-error.js';

/**
 * How reboot(2) ends the first process of a process namespace: as if by SIGHUP for a reboot, by SIGINT for
 * halt and power-off (reboot(2), "Behavior inside PID namespaces").
 */
const EXIT_REBOOT = 128 + 1;
const EXIT_POWER_OFF = 128 + 2;

export interface GuestParts {
  readonly name: string;
  /** For calls that are answered at once. */
  readonly container: Container;
  /** For the call that lasts as long as the guest. */
  readonly waiting: Container;
  readonly events: GuestEvents;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called after each start of the container. */
  started(): Promise<void>;
}

/** What shall be when the container's present run has ended; `own` = what the guest's own end asks for. */
type Intent = 'own' | 'off' | 'on';

/** A guest from power-on to off. One loop watches the container and starts it again after reboot and reset. */
export class ContainerGuest implements Guest {
  readonly #parts: GuestParts;
  #intent: Intent = 'own';
  #over: Promise<void> = Promise.resolve();
  /** From then on the container may run for another Guest. */
  #ended = false;
  #whenBooted: (() => void)[] = [];

  private constructor(parts: GuestParts) {
    this.#parts = parts;
  }

  /** Starts the container. Rejects with an OperationError when the engine cannot. */
  static async powerOn(parts: GuestParts): Promise<ContainerGuest> {
    const guest = new ContainerGuest(parts);
    await guest.#start();
    guest.#over = guest.#watch().finally(() => (guest.#ended = true));
    return guest;
  }

  requestShutdown(): void {
    void this.#signal(POWER_OFF_SIGNAL);
  }

  requestReboot(): void {
    void this.#signal(REBOOT_SIGNAL);
  }

  async powerOff(): Promise<void> {
    this.#intent = 'off';
    await this.#signal('SIGKILL');
    await this.#over;
  }

  async reset(): Promise<void> {
    if (this.#ended || this.#wants('off')) return;
    this.#intent = 'on';
    const booted = new Promise<void>((resolve) => this.#whenBooted.push(resolve));
    await this.#signal('SIGKILL');
    await Promise.race([booted, this.#over]);
  }

  /** Until the guest is off for good. Never rejects. */
  async #watch(): Promise<void> {
    for (;;) {
      const exitCode = await awaitExit(this.#parts);
      if (this.#wants('off')) return;
      if (exitCode !== EXIT_REBOOT && !this.#wants('on')) {
        if (exitCode !== EXIT_POWER_OFF) await this.#reportEnd(exitCode);
        break;
      }
      if (!(await this.#startAgain())) break;
    }
    this.#ended = true;
    this.#parts.events.poweredOff();
  }

  async #startAgain(): Promise<boolean> {
    this.#intent = 'own';
    try {
      await this.#start();
    } catch (error) {
      this.#parts.logger.warn(OperationError.from(error, `start guest ${this.#parts.name} again`).message);
      return false;
    }
    for (const resolve of this.#whenBooted.splice(0)) resolve();
    // A hard power-off in between found no process to end.
    if (!this.#wants('own')) await this.#signal('SIGKILL');
    return true;
  }

  async #start(): Promise<void> {
    try {
      await this.#parts.container.start();
    } catch (error) {
      throw engineError(`boot guest ${this.#parts.name}`, error);
    }
    await this.#parts.started();
  }

  #wants(intent: Intent): boolean {
    return this.#intent === intent;
  }

  async #signal(signal: string): Promise<void> {
    if (this.#ended) return;
    try {
      await this.#parts.container.kill({ signal });
    } catch (error) {
      // 409: it is not running just now; 404: it is gone.
      if (hasStatus(error, 404, 409)) return;
      this.#parts.logger.warn(engineError(`send ${signal} to guest ${this.#parts.name}`, error).message);
    }
  }

  async #reportEnd(exitCode: number | undefined): Promise<void> {
    const { name, container, logger } = this.#parts;
    const console = await lastConsoleLines(container);
    logger.warn(
      `guest ${name} ended unexpectedly (${exitCode ?? 'no exit code'}); its last words: ${console}`,
    );
  }
}
