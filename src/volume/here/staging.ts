import { mkdir } from 'node:fs/promises';
import type { CallContext } from '../../provider/index.js';
import { OperationError } from '../../support/index.js';
import { inWords, type VolumeCore } from '../core.js';
import { isInUse, type Staging, type VolumeRecord } from '../records/volume-record.js';
import type { PublishRequest, StageRequest, VolumeReference, VolumeUse } from '../volume-service.js';
import { deviceHere, foundAttached, type HeldVolume } from './attached.js';
import type { IdleVolumes } from './idle.js';
import { claim, mountFilesystem, mountHere, type FilesystemWish } from './mounted.js';
import { forgetDeadMount, releaseUnused, withHeldVolume } from './use.js';

/** Volumes as CSI has them: staged at a folder, published at targets, as a file system or as a block device. */
export class VolumeStagings {
  readonly #core: VolumeCore;
  readonly #idle: IdleVolumes;

  constructor(core: VolumeCore, idle: IdleVolumes) {
    this.#core = core;
    this.#idle = idle;
  }

  async stage(volume: VolumeReference, request: StageRequest, context: CallContext): Promise<void> {
    const attempted = `stage ${inWords(volume)} at ${request.stagingPath}`;
    const id = await this.#core.idOf(volume, attempted, context);
    await this.#turn(id, attempted, context, async (turn) => {
      await this.#staged(id, request, attempted, turn);
    });
  }

  async unstage(volume: VolumeReference, stagingPath: string, context: CallContext): Promise<void> {
    const attempted = `unstage ${inWords(volume)} from ${stagingPath}`;
    await this.#ofRecord(volume, attempted, context, async (record, turn) => {
      const staging = record.stagings.find((one) => one.stagingPath === stagingPath);
      const [target] = staging?.targets ?? [];
      if (target !== undefined) {
        const problem = `it is published at ${target.targetPath}`;
        throw new OperationError({ code: 'conflict', attempted, problem });
      }
      await this.#core.parts.node.unmount(stagingPath, turn.signal);
      if (staging !== undefined) await this.#withoutStaging(record, stagingPath, attempted, turn);
    });
  }

  async publish(volume: VolumeReference, request: PublishRequest, context: CallContext): Promise<void> {
    const attempted = `publish ${inWords(volume)} at ${request.targetPath}`;
    const id = await this.#core.idOf(volume, attempted, context);
    await this.#turn(id, attempted, context, async (turn) => {
      const before = await this.#core.records.get(id);
      refuseOtherTargets(before, request, attempted);
      const record = await this.#staged(id, request, attempted, turn);
      await this.#bindTarget(record, request, attempted, turn);
    });
  }

  async unpublish(volume: VolumeReference, targetPath: string, context: CallContext): Promise<void> {
    const attempted = `unpublish ${inWords(volume)} from ${targetPath}`;
    const isKnown = await this.#ofRecord(volume, attempted, context, async (record, turn) => {
      await this.#core.parts.node.unmount(targetPath, turn.signal);
      // Swarm names a staging path at one time and none at another for the same target: it is then in two stagings.
      const stagings = record.stagings.map((staging) => ({
        ...staging,
        targets: staging.targets.filter((one) => one.targetPath !== targetPath),
      }));
      const { detachesAll = false } = this.#core.parts;
      const isLast = ({ targets }: Staging, index: number): boolean =>
        targets.length === 0 && (detachesAll || record.stagings[index]?.targets.length !== 0);
      const isThere = record.stagings.some(({ targets }) =>
        targets.some((one) => one.targetPath === targetPath),
      );
      // A repeated call finds nothing to write.
      if (isThere) await this.#core.records.putOrKeep({ ...record, stagings });
      for (const { stagingPath } of stagings.filter(isLast)) {
        await this.#core.parts.node.unmount(stagingPath, turn.signal);
        const now = (await this.#core.records.get(record.id)) ?? record;
        await this.#withoutStaging(now, stagingPath, attempted, turn);
      }
      if (!stagings.some(isLast)) await this.#giveBackUnstaged(record.id, attempted, turn);
    });
    if (isKnown) return;
    await this.#core.parts.node.unmount(targetPath, context.signal);
    if ('id' in volume) {
      const { id } = volume;
      await this.#turn(id, attempted, context, (turn) => this.#giveBackUnstaged(id, attempted, turn));
    }
  }

  /**
   * What is attached here and was not staged any more when its last target went: after a restart of the host, or attached by
   * hand or by a controller that is no more.
   */
  async #giveBackUnstaged(id: string, attempted: string, turn: CallContext): Promise<void> {
    const record = await this.#core.records.get(id);
    if (record !== undefined && isInUse(record)) return;
    const { detachesAll = false } = this.#core.parts;
    const attached =
      record?.attachment === undefined && detachesAll
        ? await foundAttached(this.#core, id, attempted, turn)
        : record;
    if (attached?.attachment !== undefined)
      await releaseUnused(this.#core, this.#idle, attached, attempted, turn);
  }

  async use(volume: VolumeReference, path: string): Promise<VolumeUse> {
    const attempted = `measure ${inWords(volume)} at ${path}`;
    const { record, staging } = await this.#at(volume, path, attempted);
    const target = record.mount?.target;
    const deviceBytes = record.sizeBytes;
    if (staging.filesystem === undefined || target === undefined) return { deviceBytes };
    return { deviceBytes, filesystem: await this.#core.parts.node.use(target) };
  }

  async growHere(volume: VolumeReference, path: string, context: CallContext): Promise<number> {
    const attempted = `grow ${inWords(volume)} at ${path}`;
    const { record } = await this.#at(volume, path, attempted);
    return await this.#turn(record.id, attempted, context, async (turn) => {
      const now = (await this.#core.records.get(record.id)) ?? record;
      return await growOnHost(this.#core, now, attempted, turn);
    });
  }

  /** The record with this staging, which is made unless it is there. */
  async #staged(
    id: string,
    { stagingPath, filesystem }: StageRequest,
    attempted: string,
    turn: CallContext,
  ): Promise<VolumeRecord> {
    const before = await this.#core.records.get(id);
    const staging = before?.stagings.find((one) => one.stagingPath === stagingPath);
    const isBlock = filesystem === undefined;
    const other = before?.stagings.find((one) => (one.filesystem === undefined) !== isBlock);
    if (other !== undefined || (isBlock && (before?.users.length ?? 0) > 0)) {
      const problem = `it is used as a ${isBlock ? 'file system' : 'block device'} on this host`;
      throw new OperationError({ code: 'conflict', attempted, problem });
    }
    if (before !== undefined && staging !== undefined && (await this.#isWhole(before, staging, turn)))
      return before;
    if (before?.mount !== undefined && (await mountHere(this.#core, before, turn.signal)) === undefined) {
      await forgetDeadMount(this.#core, before, attempted, turn);
    }
    return await withHeldVolume(this.#core, this.#idle, id, attempted, turn, async (held) => {
      const made: Staging = {
        stagingPath,
        filesystem: isBlock
          ? undefined
          : { type: filesystem.type, mountOptions: [...filesystem.mountOptions] },
        targets: staging?.targets ?? [],
      };
      if (!isBlock) return await this.#bindStaging(held, filesystem, made, attempted, turn);
      await claim(this.#core, held, 'block', turn);
      await mkdir(stagingPath, { recursive: true });
      const record = replaced(held.record, made);
      await this.#core.records.put(record);
      return record;
    });
  }

  async #bindStaging(
    held: HeldVolume,
    wish: FilesystemWish,
    staging: Staging,
    attempted: string,
    turn: CallContext,
  ): Promise<VolumeRecord> {
    const { node, records } = { node: this.#core.parts.node, records: this.#core.records };
    const mounted = await mountFilesystem(this.#core, held, wish, attempted, turn);
    const record = replaced(mounted, staging);
    // Before the mount: what is in the record is undone, whatever happens in between.
    await records.put(record);
    try {
      await node.bind(mounted.mount?.folder ?? '', staging.stagingPath, {}, turn.signal);
    } catch (error) {
      await records.put(mounted);
      throw error;
    }
    return record;
  }

  async #isWhole(record: VolumeRecord, staging: Staging, { signal }: CallContext): Promise<boolean> {
    if (staging.filesystem === undefined) return (await deviceHere(this.#core, record, signal)) !== undefined;
    if ((await mountHere(this.#core, record, signal)) === undefined) return false;
    return (await this.#core.parts.node.mounts()).some(({ target }) => target === staging.stagingPath);
  }

  async #bindTarget(
    record: VolumeRecord,
    request: PublishRequest,
    attempted: string,
    { signal }: CallContext,
  ): Promise<void> {
    const { targetPath, readOnly, filesystem, stagingPath } = request;
    const staging = record.stagings.find((one) => one.stagingPath === stagingPath);
    const isFile = filesystem === undefined;
    const source = isFile ? await deviceHere(this.#core, record, signal) : record.mount?.folder;
    if (staging === undefined || source === undefined) {
      const problem = 'its device is gone from this host';
      throw new OperationError({ code: 'conflict', attempted, problem });
    }
    const there = staging.targets.find((one) => one.targetPath === targetPath);
    if (there !== undefined && there.readOnly !== readOnly) {
      const problem = `it is published there ${there.readOnly ? 'read-only' : 'for writing'}`;
      throw new OperationError({ code: 'conflict', attempted, problem });
    }
    const targets = [...staging.targets.filter((one) => one !== there), { targetPath, readOnly }];
    // Before the mount: what is in the record is undone, whatever happens in between.
    await this.#core.records.put(replaced(record, { ...staging, targets }));
    try {
      await this.#core.parts.node.bind(source, targetPath, { readOnly, file: isFile }, signal);
    } catch (error) {
      if (there === undefined) await this.#core.records.put(record);
      throw error;
    }
  }

  async #withoutStaging(
    record: VolumeRecord,
    stagingPath: string,
    attempted: string,
    turn: CallContext,
  ): Promise<void> {
    const stagings = record.stagings.filter((one) => one.stagingPath !== stagingPath);
    const rest = { ...record, stagings };
    if (isInUse(rest)) await this.#core.records.putOrKeep(rest);
    else await releaseUnused(this.#core, this.#idle, rest, attempted, turn);
  }

  async #at(
    volume: VolumeReference,
    path: string,
    attempted: string,
  ): Promise<{ readonly record: VolumeRecord; readonly staging: Staging }> {
    const record = await this.#core.records.find(volume);
    const staging = record?.stagings.find(
      ({ stagingPath, targets }) =>
        stagingPath === path || targets.some(({ targetPath }) => targetPath === path),
    );
    if (record !== undefined && staging !== undefined) return { record, staging };
    const problem = 'it is neither staged nor published there';
    throw new OperationError({ code: 'not-found', attempted, problem });
  }

  /** Resolves with false when this host knows nothing of the volume. */
  async #ofRecord(
    volume: VolumeReference,
    attempted: string,
    context: CallContext,
    work: (record: VolumeRecord, turn: CallContext) => Promise<void>,
  ): Promise<boolean> {
    const found = await this.#core.records.find(volume);
    if (found === undefined) return false;
    await this.#turn(found.id, attempted, context, async (turn) => {
      await work((await this.#core.records.get(found.id)) ?? found, turn);
    });
    return true;
  }

  async #turn<T>(
    id: string,
    attempted: string,
    context: CallContext,
    work: (turn: CallContext) => Promise<T>,
  ): Promise<T> {
    return await this.#core.turns.run(id, attempted, work, context);
  }
}

/** Makes the kernel see the size of a volume that is attached here, and its file system use it; in bytes of the device. */
export async function growOnHost(
  core: VolumeCore,
  record: VolumeRecord,
  attempted: string,
  { signal }: CallContext,
): Promise<number> {
  const device = await deviceHere(core, record, signal);
  if (device === undefined) {
    const problem = 'its device is gone from this host';
    throw new OperationError({ code: 'conflict', attempted, problem });
  }
  const bytes = await core.parts.node.rescanSize(device, signal);
  if (record.mount?.folder !== undefined) await core.parts.node.growFilesystem(record.mount.target, signal);
  const { attachment } = record;
  const address =
    attachment?.address?.kind === 'vm' ? { ...attachment.address, sizeBytes: bytes } : attachment?.address;
  await core.records.put({
    ...record,
    sizeBytes: bytes,
    attachment: attachment === undefined ? undefined : { ...attachment, address },
  });
  return bytes;
}

function replaced(record: VolumeRecord, staging: Staging): VolumeRecord {
  const others = record.stagings.filter(({ stagingPath }) => stagingPath !== staging.stagingPath);
  return { ...record, stagings: [...others, staging] };
}

function refuseOtherTargets(
  record: VolumeRecord | undefined,
  { exclusive, targetPath }: PublishRequest,
  attempted: string,
): void {
  if (exclusive !== true) return;
  const targets = record?.stagings.flatMap((staging) => staging.targets) ?? [];
  const other = targets.find((target) => target.targetPath !== targetPath);
  if (other === undefined) return;
  const problem = `it is published at ${other.targetPath}, and was asked to be at one target only`;
  throw new OperationError({ code: 'conflict', attempted, problem });
}
