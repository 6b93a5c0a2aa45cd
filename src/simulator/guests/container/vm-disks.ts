import { type Logger, OperationError, SerialQueue } from '../../../support/index.js';
import type { GuestDisk } from '../guest-backend.js';
import type { DiskStorage } from './disk-storage.js';
import { nameDisks, nameNewDisk, type NamedDisk, type PluggedDisk } from './hardware.js';
import type { VmContainer } from './vm-container.js';

export interface VmDisksParts {
  readonly container: VmContainer;
  readonly storage: DiskStorage;
  readonly logger: Logger;
}

/**
 * The disks of one VM as its guest has them. Those of volume groups are attached while it runs: from before its boot to
 * its end, and a boot has loop devices of its own. One change at a time.
 */
export class VmDisks {
  readonly #parts: VmDisksParts;
  readonly #queue = new SerialQueue();
  #disks: readonly GuestDisk[] = [];
  /** As the last boot has named them. */
  #own: readonly NamedDisk[] = [];
  #plugged: readonly PluggedDisk[] = [];
  #isOn = false;

  constructor(parts: VmDisksParts) {
    this.#parts = parts;
  }

  /** What the VM has from its next boot on. */
  set(disks: readonly GuestDisk[]): void {
    this.#disks = disks;
  }

  /**
   * Before a boot: attaches the disks of volume groups and writes down what the guest will find. Rejects with an
   * OperationError; a disk that cannot be attached is left out and told.
   */
  async plugIn(): Promise<void> {
    await this.#queue.run(async () => {
      await this.#unplug(this.#plugged);
      const named = nameDisks(this.#disks);
      this.#own = named.filter(({ disk }) => disk.volumeGroupUuid === undefined);
      this.#isOn = true;
      for (const one of named.filter(({ disk }) => disk.volumeGroupUuid !== undefined)) await this.#plug(one);
      await this.#describe();
    });
  }

  /** From now on, nothing that the guest writes reaches a volume group. Never rejects. */
  async cutOff(): Promise<void> {
    await this.#queue.run(async () => {
      this.#isOn = false;
      await this.#unplug(this.#plugged);
    });
  }

  /** Volume groups have been attached, detached or grown: the guest, if it runs, sees it when this resolves. */
  async change(disks: readonly GuestDisk[]): Promise<void> {
    await this.#queue.run(async () => {
      this.#disks = disks;
      if (!this.#isOn) return;
      const wanted = disks.filter(({ volumeGroupUuid }) => volumeGroupUuid !== undefined);
      const uuids = new Set(wanted.map(({ uuid }) => uuid));
      await this.#unplug(this.#plugged.filter(({ named }) => !uuids.has(named.disk.uuid)));
      for (const disk of wanted) {
        const plugged = this.#plugged.find(({ named }) => named.disk.uuid === disk.uuid);
        if (plugged === undefined) await this.#plug(nameNewDisk(disk, this.#names()));
        else if (plugged.named.disk.sizeBytes !== disk.sizeBytes) await this.#resize(plugged, disk);
      }
      await this.#describe();
      await this.#parts.container.refreshDisks();
    });
  }

  #names(): Set<string> {
    return new Set([...this.#own, ...this.#plugged.map(({ named }) => named)].map(({ name }) => name));
  }

  async #describe(): Promise<void> {
    await this.#parts.container.describe({ disks: this.#own, volumes: this.#plugged });
  }

  async #plug(named: NamedDisk): Promise<void> {
    const { uuid, sizeBytes } = named.disk;
    await this.#attempt(`attach volume disk ${uuid}`, async () => {
      const device = await this.#parts.storage.attach(uuid, sizeBytes);
      this.#plugged = [...this.#plugged, { named, device }];
    });
  }

  async #resize({ named, device }: PluggedDisk, disk: GuestDisk): Promise<void> {
    await this.#attempt(`resize volume disk ${disk.uuid}`, async () => {
      await this.#parts.storage.resize(device, disk.sizeBytes);
      const grown: PluggedDisk = { named: { ...named, disk }, device };
      this.#plugged = this.#plugged.map((one) => (one.device === device ? grown : one));
    });
  }

  async #unplug(gone: readonly PluggedDisk[]): Promise<void> {
    for (const one of gone) {
      const { uuid } = one.named.disk;
      await this.#attempt(`detach volume disk ${uuid}`, async () => {
        await this.#parts.storage.detach(one.device);
      });
      this.#plugged = this.#plugged.filter((other) => other !== one);
    }
  }

  async #attempt(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#parts.logger.warn(OperationError.from(error, what).message);
    }
  }
}
