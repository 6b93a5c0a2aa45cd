import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type {
  CallContext,
  InitiatorAttachment,
  NewVolume,
  Notes,
  Snapshot,
  Vm,
  VmAttachment,
  Volume,
  VolumeAttachment,
  VolumePlacement,
  Volumes,
} from '../../src/provider/index.js';
import { OperationError, type ErrorCode } from '../../src/support/index.js';

/** Records are written to the disk at each step: to one in memory, where there is one. */
export const TEMPORARY = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

type Writable<T> = { -readonly [K in keyof T]: T[K] };

export function failure(code: ErrorCode, problem: string, taskId?: string): OperationError {
  return new OperationError({ code, attempted: 'a request', problem, taskId });
}

/**
 * A cloud in memory, for faults that no server has on request: it fails, or stops the caller's world, at the n-th call.
 * The ordinary ways are tested against the simulator.
 */
export class MemoryCloud implements Volumes, Notes {
  readonly volumes = new Map<string, Writable<Volume>>();
  readonly snapshots = new Map<string, Snapshot>();
  readonly notes = new Map<string, string>();
  readonly vms = new Map<string, Pick<Vm, 'id' | 'name' | 'power'>>();
  /** Answers by request id, also failures, as a server remembers them. */
  readonly #answers = new Map<string, string | OperationError>();
  /** Called before each call, and after it with its name and `after`. */
  around: (call: string) => void | Promise<void> = () => undefined;

  readonly #placement: VolumePlacement = {
    cluster: { id: 'c1', name: 'cluster' },
    storageContainer: { id: 's1', name: 'default' },
    portal: '192.0.2.1:3260',
  };

  async resolvePlacement(): Promise<VolumePlacement> {
    return await this.#call('resolvePlacement', () => this.#placement);
  }

  async list(prefix: string | undefined): Promise<readonly Volume[]> {
    return await this.#call('list', () =>
      [...this.volumes.values()].filter(({ name }) => name.startsWith(prefix ?? '')).map(copy),
    );
  }

  async findByName(wanted: string): Promise<readonly Volume[]> {
    return await this.#call('findByName', () =>
      [...this.volumes.values()].filter(({ name }) => name === wanted).map(copy),
    );
  }

  async find(id: string): Promise<Volume | undefined> {
    return await this.#call('find', () => {
      const found = this.volumes.get(id);
      return found === undefined ? undefined : copy(found);
    });
  }

  async create(requestId: string, volume: NewVolume): Promise<string> {
    return await this.#call('create', () => this.#once(requestId, () => this.make(volume)));
  }

  /** Makes one without a request id, as somebody else does. */
  make({ name, description, sizeBytes }: Pick<NewVolume, 'name' | 'description' | 'sizeBytes'>): string {
    const id = randomUUID();
    const disks = [{ id: randomUUID(), index: 0, sizeBytes }];
    this.volumes.set(id, { id, name, description, clusterId: 'c1', disks, attachments: [], shared: false });
    return id;
  }

  /** Lets the next create with any id fail as a task. */
  refuse(requestId: string, problem: string): void {
    this.#answers.set(requestId, failure('task-failed', problem, randomUUID()));
  }

  async rename(id: string, to: { readonly name: string; readonly description: string }): Promise<void> {
    await this.#call('rename', () => Object.assign(this.#get(id), to));
  }

  async changeCategories(): Promise<void> {
    await this.#call('changeCategories', () => undefined);
  }

  async grow(id: string, diskId: string, sizeBytes: number): Promise<void> {
    await this.#call('grow', () => {
      const volume = this.#get(id);
      volume.disks = volume.disks.map((disk) => (disk.id === diskId ? { ...disk, sizeBytes } : disk));
    });
  }

  async delete(id: string): Promise<void> {
    await this.#call('delete', () => {
      if ((this.volumes.get(id)?.attachments.length ?? 0) > 0) throw failure('conflict', 'it is attached');
      this.volumes.delete(id);
    });
  }

  async attachToVm(id: string, vmId: string): Promise<VmAttachment> {
    return await this.#call('attachToVm', () => {
      const attachment: VmAttachment = { kind: 'vm', vmId, scsiTarget: 2 };
      this.#attach(id, attachment, (one) => one.kind === 'vm' && one.vmId === vmId);
      return attachment;
    });
  }

  async attachToInitiator(
    id: string,
    { initiatorName }: { readonly initiatorName: string },
  ): Promise<InitiatorAttachment> {
    return await this.#call('attachToInitiator', () => {
      const attachment: InitiatorAttachment = { kind: 'initiator', clientId: initiatorName, initiatorName };
      this.#attach(id, attachment, (one) => one.kind === 'initiator' && one.clientId === initiatorName);
      return attachment;
    });
  }

  async detach(id: string, attachment: VolumeAttachment): Promise<void> {
    await this.#call('detach', () => {
      const volume = this.volumes.get(id);
      if (volume === undefined) return;
      const key = holderKey(attachment);
      volume.attachments = volume.attachments.filter((one) => holderKey(one) !== key);
    });
  }

  async findVm(id: string): Promise<Pick<Vm, 'id' | 'name' | 'power'> | undefined> {
    return await this.#call('findVm', () => this.vms.get(id));
  }

  async createSnapshot(requestId: string, volumeId: string, name: string): Promise<string> {
    return await this.#call('createSnapshot', () =>
      this.#once(requestId, () => {
        const id = randomUUID();
        const sizeBytes = this.#get(volumeId).disks[0]?.sizeBytes ?? 0;
        this.snapshots.set(id, { id, name, volumeId, sizeBytes, ready: true });
        return id;
      }),
    );
  }

  async listSnapshots(of: string | undefined): Promise<readonly Snapshot[]> {
    return await this.#call('listSnapshots', () =>
      [...this.snapshots.values()].filter(({ volumeId }) => of === undefined || volumeId === of),
    );
  }

  async findSnapshot(id: string): Promise<Snapshot | undefined> {
    return await this.#call('findSnapshot', () => this.snapshots.get(id));
  }

  async deleteSnapshot(id: string): Promise<void> {
    await this.#call('deleteSnapshot', () => void this.snapshots.delete(id));
  }

  async createFromSnapshot(
    requestId: string,
    id: string,
    volume: Pick<NewVolume, 'name' | 'description'>,
  ): Promise<string> {
    return await this.#call('createFromSnapshot', () =>
      this.#once(requestId, () =>
        this.make({ ...volume, sizeBytes: this.snapshots.get(id)?.sizeBytes ?? 0 }),
      ),
    );
  }

  async freeBytes(): Promise<number | undefined> {
    return await this.#call('freeBytes', () => 2 ** 40);
  }

  async findNote(name: string): Promise<string | undefined> {
    return await this.#call('findNote', () => this.notes.get(name));
  }

  async putNote(name: string, text: string): Promise<void> {
    await this.#call('putNote', () => void this.notes.set(name, text));
  }

  async removeNote(name: string): Promise<void> {
    await this.#call('removeNote', () => void this.notes.delete(name));
  }

  async close(): Promise<void> {
    // Nothing is kept.
  }

  /** The holder of the volume that has this disk. */
  holderOf(diskId: string): string | undefined {
    const volume = [...this.volumes.values()].find(({ disks }) => disks.some(({ id }) => id === diskId));
    const [attachment] = volume?.attachments ?? [];
    return attachment === undefined ? undefined : holderKey(attachment);
  }

  #once(requestId: string, make: () => string): string {
    const known = this.#answers.get(requestId);
    if (known instanceof OperationError) throw known;
    const id = known ?? make();
    this.#answers.set(requestId, id);
    return id;
  }

  #get(id: string): Writable<Volume> {
    const volume = this.volumes.get(id);
    if (volume === undefined) throw failure('not-found', 'there is no such volume group');
    return volume;
  }

  #attach(id: string, attachment: VolumeAttachment, isSame: (one: VolumeAttachment) => boolean): void {
    const volume = this.#get(id);
    if (volume.attachments.some(isSame)) return;
    if (volume.attachments.length > 0) throw failure('conflict', 'it is attached to another client');
    volume.attachments = [attachment];
  }

  async #call<T>(name: string, work: () => T): Promise<T> {
    await this.around(name);
    const result = work();
    await this.around(`${name} after`);
    return result;
  }
}

export function holderKey(attachment: VolumeAttachment): string {
  return attachment.kind === 'vm' ? attachment.vmId : attachment.clientId;
}

/** What no method changes that hands it out. */
function copy(volume: Volume): Volume {
  return structuredClone(volume);
}

export function callContext(signal = new AbortController().signal): CallContext {
  return { signal, progress: () => undefined };
}
