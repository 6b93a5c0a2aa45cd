import { realpath, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { NodeIdentity } from '../node/index.js';
import type { CallContext, ListedVolume, Volume, VolumeId } from '../provider/index.js';
import { OperationError } from '../support/index.js';
import { SignsOfLife } from './signs-of-life.js';
import { cloudNameOf, removalIn } from './identity/names.js';
import { hasLaterTag, tagIn, type VolumeTag } from './identity/tag.js';
import { chapSecretIn } from './records/chap-secret.js';
import { RecordStore } from './records/record-store.js';
import type { VolumeRecord } from './records/volume-record.js';
import type { VolumeServiceParts } from './service-parts.js';
import { Turns } from './turns.js';
import type { VolumeReference } from './volume-service.js';

/** What all operations on volumes share. */
export class VolumeCore {
  readonly parts: VolumeServiceParts;
  readonly records: RecordStore;
  readonly turns: Turns;
  readonly signs: SignsOfLife;
  #identity: Promise<NodeIdentity> | undefined;
  #mountFolder: Promise<string> | undefined;

  constructor(parts: VolumeServiceParts) {
    this.parts = parts;
    this.records = new RecordStore(parts.folder, parts.logger);
    this.turns = new Turns(parts);
    this.signs = new SignsOfLife(parts);
  }

  now(): Date {
    return this.parts.now?.() ?? new Date();
  }

  /** Neither changes while a computer runs. */
  async identity(): Promise<NodeIdentity> {
    this.#identity ??= this.parts.node.identify();
    return await this.#identity;
  }

  /** Folder below which volumes are mounted, as the kernel's table of mounts names it. */
  async mountFolder(): Promise<string> {
    const make = async (): Promise<string> => {
      const folder = this.parts.mountFolder ?? join(this.parts.folder, 'mounts');
      await mkdir(folder, { recursive: true, mode: 0o700 });
      return await realpath(folder);
    };
    this.#mountFolder ??= make();
    return await this.#mountFolder;
  }

  async chapSecret(): Promise<string> {
    return await chapSecretIn(this.parts.folder);
  }

  /** Asks for it; undefined = there is certainly none. Two of one name are `ambiguous`. A removed one has no name. */
  async lookUp(
    volume: VolumeReference,
    attempted: string,
    context: CallContext,
  ): Promise<Volume | undefined> {
    const { volumes } = this.parts;
    if ('id' in volume) return await volumes.find(volume.id, context);
    const [found, ...others] = await volumes.findByName(cloudNameOf(volume.name), context);
    if (found !== undefined && others.length > 0) throw ambiguousVolumes([found, ...others], attempted);
    return found;
  }

  /** The same; rejects with `not-found`, and with `conflict` for a volume that is removed or not ours to understand. */
  async require(volume: VolumeReference, attempted: string, context: CallContext): Promise<Volume> {
    const found = await this.lookUp(volume, attempted, context);
    if (found === undefined) {
      const problem = 'there is no such volume';
      throw new OperationError({ code: 'not-found', attempted, problem });
    }
    return usable(found, attempted);
  }

  /** The id of a volume: from this host's records while it is in use here, so that Prism need not be there. */
  async idOf(volume: VolumeReference, attempted: string, context: CallContext): Promise<VolumeId> {
    if ('id' in volume) return volume.id;
    const record = await this.records.find(volume);
    if (record?.mount !== undefined || (record?.stagings.length ?? 0) > 0) return record?.id ?? '';
    try {
      return (await this.require(volume, attempted, context)).id;
    } catch (error) {
      // What this host remembers of a volume that is gone for certain would make the next one of that name look made.
      if (error instanceof OperationError && error.code === 'not-found') await this.#forgetUnused(record);
      throw error;
    }
  }

  /** Keeps what was seen of a volume, where there is room; what is in use here stays in the record. */
  async remember(volume: KnownVolume): Promise<VolumeRecord> {
    const before = await this.records.get(volume.id);
    const tag = tagIn(volume.description);
    const record: VolumeRecord = {
      version: 1,
      users: [],
      unanswered: [],
      inherited: [],
      stagings: [],
      ...before,
      id: volume.id,
      name: volumeNameOf(volume, tag),
      sizeBytes: volumeSizeOf(volume),
      filesystem: tag?.fs ?? before?.filesystem,
      madeAt: tag?.madeAt?.toISOString() ?? before?.madeAt,
    };
    if (JSON.stringify(before) !== JSON.stringify(record)) await this.records.putOrKeep(record);
    return record;
  }

  async #forgetUnused(record: VolumeRecord | undefined): Promise<void> {
    if (record !== undefined && record.attachment === undefined) await this.records.forget(record.id);
  }
}

/** A volume as far as it is known: with disks, or from a list. */
export type KnownVolume = ListedVolume & Partial<Pick<Volume, 'disks'>>;

/** The name that users know. */
export function volumeNameOf(
  volume: ListedVolume,
  tag: VolumeTag | undefined = tagIn(volume.description),
): string {
  return tag?.name ?? removalIn(volume.name)?.name ?? volume.name;
}

/** Of its disks, or as far as they are not known, what its tag says; 0 = neither does. */
export function volumeSizeOf({ description, disks = [] }: KnownVolume): number {
  const bytes = disks.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return bytes > 0 ? bytes : (tagIn(description)?.wantedBytes ?? 0);
}

/** Rejects with `conflict` for a volume that is removed, or tagged by a later version of this program. */
export function usable<V extends ListedVolume>(volume: V, attempted: string): V {
  const { id, name, description } = volume;
  const refuse = (problem: string, advice: string): OperationError =>
    new OperationError({ code: 'conflict', attempted, problem, advice });
  if (removalIn(name) !== undefined) {
    const advice = `To have it back: nutanix-volume restore ${id}`;
    throw refuse(`volume group "${name}" (${id}) is a volume that was removed`, advice);
  }
  if (hasLaterTag(description)) {
    const advice = 'Use that version on this host, too.';
    throw refuse(`volume group "${name}" (${id}) was made by a later version of nutanix-volume`, advice);
  }
  return volume;
}

export function ambiguousVolumes(volumes: readonly ListedVolume[], attempted: string): OperationError {
  const ids = volumes.map(({ id }) => id).join(' and ');
  return new OperationError({
    code: 'ambiguous',
    attempted,
    problem: `there are ${volumes.length} volume groups of that name: ${ids}`,
    advice: 'Nothing was chosen. Look into them, and rename or delete those that are too many.',
  });
}

/** A volume for messages. */
export function inWords(volume: VolumeReference): string {
  return 'id' in volume ? `volume ${volume.id}` : `volume "${volume.name}"`;
}
