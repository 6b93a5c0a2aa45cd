import { readFile } from 'node:fs/promises';
import { OperationError, type Logger } from '../support/index.js';
import type { Guest, GuestDisk, GuestEvents } from '../simulator/index.js';
import type { PluggedDisks } from './plugged-disks.js';
import type { QemuProcess } from './qemu-process.js';

export interface QemuGuestParts {
  readonly name: string;
  readonly events: GuestEvents;
  readonly logger: Logger;
  readonly disks: PluggedDisks;
  /** File with what the guest says on its serial line. */
  readonly console: string;
  /** Switches the VM on. */
  start(): Promise<QemuProcess>;
}

/** What shall be when the present run has ended; `own` = off, as the guest itself wants it. */
type Intent = 'own' | 'off' | 'again';

/** Characters of the console that a message has. */
const LAST_WORDS = 300;
// eslint: control characters are what is looked for.
const ODD_CHARACTERS = /[^\P{C}\n]/gu;

/** A guest from power-on to off. One loop watches QEMU and starts it again after a reboot by ACPI. */
export class QemuGuest implements Guest {
  readonly #parts: QemuGuestParts;
  #running: QemuProcess;
  #intent: Intent = 'own';
  #over: Promise<void> = Promise.resolve();

  private constructor(parts: QemuGuestParts, running: QemuProcess) {
    this.#parts = parts;
    this.#running = running;
  }

  /** Rejects with an OperationError when QEMU cannot. */
  static async powerOn(parts: QemuGuestParts): Promise<QemuGuest> {
    const running = await parts.start();
    await parts.disks.plugInto(running);
    const guest = new QemuGuest(parts, running);
    guest.#over = guest.#watch();
    return guest;
  }

  requestShutdown(): void {
    void this.#tell('press its power button', async () => await this.#running.pressPowerButton());
  }

  /** A VM has no button for it: the guest goes down, and is switched on again. */
  requestReboot(): void {
    if (this.#intent === 'own') this.#intent = 'again';
    this.requestShutdown();
  }

  async powerOff(): Promise<void> {
    this.#intent = 'off';
    await this.#running.quit();
    await this.#over;
  }

  async reset(): Promise<void> {
    await this.#tell('reset it', async () => await this.#running.pressReset());
  }

  async disksChanged(disks: readonly GuestDisk[]): Promise<void> {
    await this.#parts.disks.change(disks);
  }

  /** Until the guest is off for good. Never rejects. */
  async #watch(): Promise<void> {
    for (;;) {
      const status = await this.#running.ended;
      await this.#parts.disks.off();
      if (this.#wants('off')) return;
      if (status !== 0) await this.#reportEnd(status);
      if (status !== 0 || !this.#wants('again') || !(await this.#startAgain())) break;
    }
    if (!this.#wants('off')) this.#parts.events.poweredOff();
  }

  async #startAgain(): Promise<boolean> {
    const { logger, name, disks } = this.#parts;
    this.#intent = 'own';
    try {
      this.#running = await this.#parts.start();
      await disks.plugInto(this.#running);
    } catch (error) {
      logger.warn(OperationError.from(error, `start guest ${name} again`).message);
      return false;
    }
    // A hard power-off in between found no process to end.
    if (this.#wants('off')) await this.#running.quit();
    return true;
  }

  #wants(intent: Intent): boolean {
    return this.#intent === intent;
  }

  async #tell(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      // One that has ended meanwhile needs no telling.
      this.#parts.logger.debug(OperationError.from(error, `${what}: guest ${this.#parts.name}`).message);
    }
  }

  async #reportEnd(status: number | undefined): Promise<void> {
    const { name, console, logger } = this.#parts;
    const said = (await textOf(console)).slice(-LAST_WORDS).replace(ODD_CHARACTERS, '').trim();
    logger.warn(
      `QEMU of guest ${name} ended unexpectedly (${status ?? 'by a signal'}): ${this.#running.lastWords()}; ` +
        `the guest's last words: ${said.replaceAll(/\s*\n\s*/g, ' | ') || 'nothing'}`,
    );
  }
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return '';
  }
}
