import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hasSystemCode, OperationError, replaceFile, type Logger } from '../../support/index.js';
import type { VolumeReference } from '../volume-service.js';
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
  readonly #reported = new Set<string>();

  constructor(folder: string, logger: Logger) {
    this.#folder = join(folder, 'volumes');
    this.#logger = logger;
  }

  /** All that can be read; the others are reported once. */
  async all(): Promise<readonly VolumeRecord[]> {
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
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const text = `${JSON.stringify(volumeRecordShape.parse(record), null, 1)}\n`;
    await replaceFile(join(this.#folder, fileOf(record.id)), text, 0o600);
  }

  async forget(id: string): Promise<void> {
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
    const files = names.filter((name) => name.endsWith(SUFFIX));
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
      const { ino, mtimeNs, size } = await stat(path, { bigint: true });
      const version = `${ino}/${mtimeNs}/${size}`;
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
