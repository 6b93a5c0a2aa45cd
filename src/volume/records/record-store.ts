import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hasSystemCode, OperationError, replaceFile, type Logger } from '../../support/index.js';
import type { VolumeReference } from '../volume-service.js';
import { isNoRoom, unwritten } from './no-room.js';
import { volumeRecordShape, type VolumeRecord } from './volume-record.js';

interface Cached {
  /** Tells a file from the one that replaced it. */
  readonly version: string;
  readonly record: VolumeRecord | OperationError;
}

/** All records, as they were when the folder had this time of change. */
interface Listing {
  readonly changedNs: bigint;
  readonly records: readonly VolumeRecord[];
}

const SUFFIX = '.json';
/** The kernel's clock for files goes in steps: of two changes within one step the second one cannot be seen. ms */
const CLOCK_STEP = 1000;

/**
 * The records of this host: one file for each volume, `volumes/<volume id>.json`. A file is replaced in one step, so a
 * reader never sees half of one. One that cannot be understood stays as it is, and its volume is refused.
 */
export class RecordStore {
  readonly #folder: string;
  readonly #logger: Logger;
  /** Of the files that were read: what changed is read again, and nothing else. */
  readonly #cache = new Map<string, Cached>();
  /** A file is replaced by renaming, which changes the folder: a thousand volumes are one look at it. */
  #listing: Listing | undefined;
  /** What there was no room for, by file, with the version of the file that it stands for. */
  readonly #unwritten = new Map<string, { readonly version: string; readonly record: VolumeRecord }>();
  #whenKept: (id: string) => void = () => undefined;
  readonly #reported = new Set<string>();

  constructor(folder: string, logger: Logger) {
    this.#folder = join(folder, 'volumes');
    this.#logger = logger;
  }

  /** All that can be read; the others are reported once. */
  async all(): Promise<readonly VolumeRecord[]> {
    if (this.#unwritten.size > 0) return await this.#readAll();
    const changedNs = await this.#changedNs();
    if (this.#listing !== undefined && this.#listing.changedNs === changedNs) return this.#listing.records;
    const isSettled = changedNs !== undefined && Date.now() - Number(changedNs / 1_000_000n) > CLOCK_STEP;
    const records = await this.#readAll();
    this.#listing = isSettled ? { changedNs, records } : undefined;
    return records;
  }

  /** Rejects with `conflict` for one that cannot be understood. */
  async get(id: string): Promise<VolumeRecord | undefined> {
    const record = await this.#read(fileOf(id));
    if (record instanceof OperationError) throw record;
    return record;
  }

  /** By id, or by name: the one that is in use here where there are several. */
  async find(volume: VolumeReference): Promise<VolumeRecord | undefined> {
    if ('id' in volume) return await this.get(volume.id);
    const named = (await this.all()).filter(({ name }) => name === volume.name);
    return named.find(({ attachment, mount }) => attachment !== undefined || mount !== undefined) ?? named[0];
  }

  async put(record: VolumeRecord): Promise<void> {
    const text = `${JSON.stringify(volumeRecordShape.parse(record), null, 1)}\n`;
    const path = join(this.#folder, fileOf(record.id));
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await replaceFile(path, text, 0o600);
      this.#unwritten.delete(fileOf(record.id));
    } catch (error) {
      throw unwritten(error, `write down what this host has of volume "${record.name}"`, this.#folder);
    }
  }

  /**
   * The same for a volume that is given back, which no full disk may hinder: without room the record is kept in memory,
   * where this process finds it, and is written when there is room. A process that is killed before leaves the record of
   * before, which its successor compares with what is mounted.
   */
  async putOrKeep(record: VolumeRecord): Promise<void> {
    try {
      await this.put(record);
    } catch (error) {
      if (!isNoRoom(error)) throw error;
      this.#logger.warn(OperationError.from(error, 'write a record').message);
      const name = fileOf(record.id);
      this.#unwritten.set(name, { version: await versionOf(join(this.#folder, name)), record });
      this.#whenKept(record.id);
    }
  }

  /** `listener` is told of each volume whose record is kept in memory: it is to see that `writeKept` is called. */
  whenKept(listener: (id: string) => void): void {
    this.#whenKept = listener;
  }

  /** Writes the record that there was no room for. To be called in the turn of the volume. */
  async writeKept(id: string): Promise<void> {
    const kept = this.#unwritten.get(fileOf(id));
    if (kept === undefined) return;
    const now = await this.#read(fileOf(id));
    // One that another process has written since counts.
    if (now === kept.record) await this.put(kept.record);
    else this.#unwritten.delete(fileOf(id));
  }

  async forget(id: string): Promise<void> {
    this.#unwritten.delete(fileOf(id));
    await rm(join(this.#folder, fileOf(id)), { force: true });
  }

  /** undefined = there is no folder yet. */
  async #changedNs(): Promise<bigint | undefined> {
    try {
      return (await stat(this.#folder, { bigint: true })).mtimeNs;
    } catch (error) {
      if (hasSystemCode(error, 'ENOENT')) return undefined;
      throw error;
    }
  }

  async #readAll(): Promise<readonly VolumeRecord[]> {
    const names = await readdir(this.#folder).catch(noneIfMissing);
    const files = [...new Set([...names.filter((name) => name.endsWith(SUFFIX)), ...this.#unwritten.keys()])];
    const read = await Promise.all(files.map(async (name) => await this.#read(name)));
    const present = new Set(files);
    for (const known of this.#cache.keys()) if (!present.has(known)) this.#cache.delete(known);
    return read.flatMap((record) => {
      if (record instanceof OperationError) this.#report(record);
      return record === undefined || record instanceof OperationError ? [] : [record];
    });
  }

  async #read(name: string): Promise<VolumeRecord | OperationError | undefined> {
    const path = join(this.#folder, name);
    try {
      const version = await versionOf(path);
      const kept = this.#unwritten.get(name);
      if (kept?.version === version) return kept.record;
      if (version === '') return undefined;
      const cached = this.#cache.get(name);
      if (cached?.version === version) return cached.record;
      const record = recordFrom(await readFile(path, 'utf8'), path);
      this.#cache.set(name, { version, record });
      return record;
    } catch (error) {
      if (hasSystemCode(error, 'ENOENT')) return undefined;
      throw error;
    }
  }

  #report(error: OperationError): void {
    if (this.#reported.has(error.attempted)) return;
    this.#reported.add(error.attempted);
    this.#logger.warn(error.message);
  }
}

/** Tells a file from the one that replaced it; empty = there is none. */
async function versionOf(path: string): Promise<string> {
  try {
    const { ino, mtimeNs, size } = await stat(path, { bigint: true });
    return `${ino}/${mtimeNs}/${size}`;
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return '';
    throw error;
  }
}

function recordFrom(text: string, path: string): VolumeRecord | OperationError {
  try {
    return volumeRecordShape.parse(JSON.parse(text));
  } catch (cause) {
    return new OperationError({
      code: 'conflict',
      attempted: `read ${path}, this host's record of a volume`,
      problem: 'it is none of this version of nutanix-volume; nothing was changed',
      advice:
        'It may be from a later version: use that one. If it is damaged, see with findmnt that nothing of the volume is mounted, and remove the file.',
      cause,
    });
  }
}

function fileOf(id: string): string {
  if (!/^[\w-]{1,64}$/.test(id)) {
    const problem = `"${id}" is no id of a volume`;
    throw new OperationError({ code: 'not-found', attempted: 'find a volume', problem });
  }
  return `${id}${SUFFIX}`;
}

function noneIfMissing(error: unknown): string[] {
  if (hasSystemCode(error, 'ENOENT')) return [];
  throw error;
}
