import type { Container } from 'dockerode';
import { type Clock, type Logger, OperationError } from '../../../support/index.js';
import type { Guest, GuestDisk, GuestEvents } from '../guest-backend.js';
import { POWER_OFF_SIGNAL, REBOOT_SIGNAL } from './container-options.js';
import { engineError, hasStatus } from './engine-error.js';

/** Pause before the engine is asked again, ms. */
const ASK_AGAIN = 1_000;
/** An engine that has not answered so many times in a row is not coming back. */
const ATTEMPTS = 10;

/**
 * Resolves with the container's exit code when it does not run (any more); undefined when that cannot be
 * known: it was removed, or the engine is gone. A broken connection is made anew. Never rejects.
 */
export async function awaitExit(parts: {
  readonly name: string;
  readonly waiting: Container;
  readonly clock: Clock;
  readonly logger: Logger;
}): Promise<number | undefined> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const asked = parts.clock.now();
    try {
      const answer: unknown = await parts.waiting.wait({ condition: 'not-running' });
      return exitCodeOf(answer);
    } catch (error) {
      if (hasStatus(error, 404)) return undefined;
      parts.logger.debug(engineError(`wait for the end of guest ${parts.name}`, error).message);
    }
    if (parts.clock.now() - asked > ASK_AGAIN) attempt = 0;
    await parts.clock.sleep(ASK_AGAIN);
  }
  return undefined;
}

function exitCodeOf(answer: unknown): number | undefined {
  if (typeof answer !== 'object' || answer === null || !('StatusCode' in answer)) return undefined;
  return typeof answer.StatusCode === 'number' ? answer.StatusCode : undefined;
}

const LINES = 5;
// eslint: control characters are what is looked for.
const ESCAPES = new RegExp(String.raw`\u001b\[[0-9;?]*[A-Za-z]|[^\P{C}\n]`, 'gu');

/** The end of what a guest wrote to its console, on one line; says so when it cannot be had. */
export async function lastConsoleLines(container: Container): Promise<string> {
  try {
    const text = await container.logs({ stdout: true, stderr: true, tail: 10 * LINES });
    return plainLines(text.toString('utf8')) || 'nothing';
  } catch {
    return 'not to be had';
  }
}

/** Without colours and progress bars; the last lines that say something. */
export function plainLines(text: string): string {
  const lines = text.replace(ESCAPES, '').split('\n');
  const said = lines.map((line) => line.trim()).filter((line) => line !== '');
  return said.slice(-LINES).join(' | ');
}

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
  /** Called before each start of the container: its disks are put in. */
  starting(): Promise<void>;
  /** Called after each start of the container. */
  started(): Promise<void>;
  /** Called when the container has ended, and before it is killed: no write of it reaches its volume groups any more. */
  cutOff(): Promise<void>;
  disksChanged(disks: readonly GuestDisk[]): Promise<void>;
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
    await this.#kill();
    await this.#over;
  }

  async reset(): Promise<void> {
    if (this.#ended || this.#wants('off')) return;
    this.#intent = 'on';
    const booted = new Promise<void>((resolve) => this.#whenBooted.push(resolve));
    await this.#kill();
    await Promise.race([booted, this.#over]);
  }

  async disksChanged(disks: readonly GuestDisk[]): Promise<void> {
    await this.#parts.disksChanged(disks);
  }

  /** Until the guest is off for good. Never rejects. */
  async #watch(): Promise<void> {
    for (;;) {
      const exitCode = await awaitExit(this.#parts);
      await this.#parts.cutOff();
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
    if (!this.#wants('own')) await this.#kill();
    return true;
  }

  async #start(): Promise<void> {
    await this.#parts.starting();
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

  /** As a power failure: what the guest has not written by now is lost, though its kernel lives on and would write it. */
  async #kill(): Promise<void> {
    if (!this.#ended) await this.#parts.cutOff();
    await this.#signal('SIGKILL');
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
