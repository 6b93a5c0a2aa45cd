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

const SUFFIX = '.json';

/**
 * The records of this host: one file for each volume, `volumes/<volume id>.json`. A file is replaced in one step, so a
 * reader never sees half of one. One that cannot be understood stays as it is, and its volume is refused.
 */
export class RecordStore {
  readonly #folder: string;
  readonly #logger: Logger;
  /** Of the files that were read: a thousand volumes are a thousand looks at a file, not a thousand files read. */
  readonly #cache = new Map<string, Cached>();
  readonly #reported = new Set<string>();

  constructor(folder: string, logger: Logger) {
    this.#folder = join(folder, 'volumes');
    this.#logger = logger;
  }

  /** All that can be read; the others are reported once. */
  async all(): Promise<readonly VolumeRecord[]> {
    const names = await readdir(this.#folder).catch(noneIfMissing);
    const files = names.filter((name) => name.endsWith(SUFFIX));
    const read = await Promise.all(files.map(async (name) => await this.#read(name)));
    for (const known of this.#cache.keys()) if (!files.includes(known)) this.#cache.delete(known);
    return read.flatMap((record) => {
      if (record instanceof OperationError) this.#report(record);
      return record === undefined || record instanceof OperationError ? [] : [record];
    });
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
