import { OperationError, SerialQueue, type Logger } from '../support/index.js';
import type { GuestDisk } from '../simulator/index.js';
import type { QemuProcess } from './qemu-process.js';
import type { VolumeFiles } from './volume-files.js';

/** The disks of volume groups that a VM has, in the VM while that runs. One change at a time. */
export class PluggedDisks {
  readonly #files: VolumeFiles;
  readonly #logger: Logger;
  readonly #queue = new SerialQueue();
  #disks: readonly GuestDisk[];
  #plugged = new Map<string, GuestDisk>();
  #running: QemuProcess | undefined;

  constructor(disks: readonly GuestDisk[], files: VolumeFiles, logger: Logger) {
    this.#disks = disks;
    this.#files = files;
    this.#logger = logger;
  }

  /** A VM has been switched on: its disks are there before its kernel looks for them. */
  async plugInto(running: QemuProcess): Promise<void> {
    await this.#queue.run(async () => {
      this.#running = running;
      this.#plugged = new Map();
      await this.#adapt();
    });
  }

  /** The VM is off. */
  async off(): Promise<void> {
    await this.#queue.run(() => {
      this.#running = undefined;
    });
  }

  /** The guest, if it runs, sees it when this resolves. */
  async change(disks: readonly GuestDisk[]): Promise<void> {
    await this.#queue.run(async () => {
      this.#disks = disks;
      await this.#adapt();
    });
  }

  async #adapt(): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    const wanted = this.#disks.filter(({ volumeGroupUuid }) => volumeGroupUuid !== undefined);
    const uuids = new Set(wanted.map(({ uuid }) => uuid));
    for (const disk of [...this.#plugged.values()].filter(({ uuid }) => !uuids.has(uuid))) {
      await this.#attempt('detach', disk, async () => await running.unplug(disk));
      this.#plugged.delete(disk.uuid);
    }
    for (const disk of wanted) {
      const plugged = this.#plugged.get(disk.uuid);
      if (plugged?.sizeBytes === disk.sizeBytes) continue;
      await this.#attempt(plugged === undefined ? 'attach' : 'grow', disk, async () => {
        if (plugged !== undefined) await running.resize(disk);
        else await running.plug(disk, await this.#files.provide(disk.uuid, disk.sizeBytes));
        this.#plugged.set(disk.uuid, disk);
      });
    }
  }

  /** A disk that cannot be changed is told, and the others are. */
  async #attempt(what: string, { uuid }: GuestDisk, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#logger.warn(OperationError.from(error, `${what} volume disk ${uuid}`).message);
    }
  }
}
