import type { GuestDisk } from '../simulator/index.js';
import { awakeTimer, poll, systemClock, type Probed } from '../support/index.js';
import { BackgroundProgram } from './background-program.js';
import { MachineProtocol } from './qmp.js';
import { deviceFor, deviceId, nodeName } from './qemu-arguments.js';

/** How long a QEMU that is asked to end may take, ms. */
const QUIT_LIMIT = 5_000;
/** QEMU has a file for a moment longer than its device. */
const STILL_IN_USE = 100;
const RELEASE_TRIES = 50;

/** One run of a VM, from power-on to power-off. */
export class QemuProcess {
  readonly #program: BackgroundProgram;
  readonly #machine: MachineProtocol;

  private constructor(program: BackgroundProgram, machine: MachineProtocol) {
    this.#program = program;
    this.#machine = machine;
  }

  /** Rejects with an OperationError when QEMU ends at once, with what it said. */
  static async start(
    args: readonly string[],
    namespace: string | undefined,
    name: string,
  ): Promise<QemuProcess> {
    const attempted = `switch on the VM of guest ${name}`;
    const where = namespace === undefined ? {} : { namespace };
    const program = await BackgroundProgram.start('qemu-system-x86_64', { args, attempted, ...where });
    const { input, output } = program.streams();
    const machine = new MachineProtocol(input, output);
    try {
      await machine.begin();
    } catch (error) {
      await program.end();
      throw program.failure(attempted, error);
    }
    return new QemuProcess(program, machine);
  }

  /** Resolves with its exit status when it has ended. */
  get ended(): Promise<number | undefined> {
    return this.#program.ended;
  }

  lastWords(): string {
    return this.#program.lastWords();
  }

  async pressPowerButton(): Promise<void> {
    await this.#machine.execute('system_powerdown');
  }

  async pressReset(): Promise<void> {
    await this.#machine.execute('system_reset');
  }

  /** In order, so that QEMU's own files are; hard when that takes long. */
  async quit(): Promise<void> {
    const late = awakeTimer(QUIT_LIMIT, () => void this.#program.end());
    try {
      await this.#machine.execute('quit');
    } catch {
      // It has ended already, or is ended by the timer.
    }
    await this.#program.ended;
    late.clear();
  }

  /** Plugs a disk in. */
  async plug(disk: GuestDisk, path: string): Promise<void> {
    await this.#machine.execute('blockdev-add', {
      'node-name': nodeName(disk),
      driver: 'raw',
      discard: 'unmap',
      file: { driver: 'file', filename: path },
    });
    try {
      await this.#machine.execute('device_add', { ...deviceFor(disk), drive: nodeName(disk) });
    } catch (error) {
      await this.#release(disk);
      throw error;
    }
  }

  /** The disk is gone at once, mounted or not. */
  async unplug(disk: GuestDisk): Promise<void> {
    await this.#machine.execute('device_del', { id: deviceId(disk) });
    await this.#release(disk);
  }

  async resize(disk: GuestDisk): Promise<void> {
    await this.#machine.execute('block_resize', { 'node-name': nodeName(disk), size: disk.sizeBytes });
  }

  async #release(disk: GuestDisk): Promise<void> {
    const release = async (attempt: number): Promise<Probed<void>> => {
      try {
        await this.#machine.execute('blockdev-del', { 'node-name': nodeName(disk) });
        return { ready: true, value: undefined };
      } catch (error) {
        if (attempt === RELEASE_TRIES) throw error;
        return { ready: false };
      }
    };
    await poll(release, { clock: systemClock, delays: () => STILL_IN_USE });
  }
}
