import { createHash } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { VmIdentity } from '../../provider/index.js';
import type { PrismCentral } from '../../settings/index.js';
import { hasSystemCode, OperationError, replaceFile, type Logger } from '../../support/index.js';
import type { GroupSettings } from '../plugin-config/index.js';
import { Turnstile } from './turnstile.js';

/** Files that are open at a time: all instances of a group may be removed at once, and a process has so many files at most. */
const FILES = 16;
const SUFFIX = '.json';
/** Of a record that is being written (`replaceFile`). */
const DRAFT_SUFFIX = '.tmp';
const record = z.object({
  name: z.string().min(1),
  creationToken: z.string().min(1),
  vmId: z.string().optional(),
  /** Earlier records do not say it: they are taken to be of the Prism Central at hand. */
  prismCentral: z.object({ host: z.string().min(1), port: z.int() }).optional(),
  /** Nor this: they were removed, and are. */
  work: z.enum(['make', 'remove']).default('remove'),
});

/** What was begun with an instance. */
export type Work = z.infer<typeof record>['work'];

/** What an earlier process has left. */
export interface UnfinishedInstance {
  readonly identity: VmIdentity;
  readonly work: Work;
  /** Where it was begun, when that is another Prism Central by its name; undefined = where this group is. */
  readonly elsewhere: string | undefined;
  /** Full path of the record. */
  readonly path: string;
}

/**
 * The instances that are half made or half removed, one file each, written before the cloud is asked. A process that was
 * killed leaves them to the next one: a VM whose create is still on its way is in no list, and a reserved identity is in
 * none at all. A record says which Prism Central it is of: to any other one its instance is gone, which means nothing.
 */
export class UnfinishedWork {
  readonly #folder: string;
  readonly #prismCentral: PrismCentral;
  readonly #logger: Logger;
  readonly #files = new Turnstile(FILES);
  /** Never aborted: a record that was begun is written. */
  readonly #always = new AbortController().signal;

  constructor(
    { stateFolder, prismCentral }: Pick<GroupSettings, 'stateFolder' | 'prismCentral'>,
    logger: Logger,
  ) {
    this.#folder = join(stateFolder, 'unfinished');
    this.#prismCentral = prismCentral;
    this.#logger = logger;
    setMaxListeners(0, this.#always);
  }

  /**
   * What earlier processes left; the group must be this process's. A file that is no record is left alone and told of, and
   * a record that a kill kept from being written is removed: nothing was asked of the cloud yet.
   */
  async left(): Promise<readonly UnfinishedInstance[]> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const files = await readdir(this.#folder);
    const drafts = files.filter((name) => name.endsWith(DRAFT_SUFFIX));
    await Promise.all(
      drafts.map(async (name) => await this.#remove(join(this.#folder, name), `remove ${name}`)),
    );
    const names = files.filter((name) => name.endsWith(SUFFIX));
    const read = await Promise.all(
      names.map(async (name) => await this.#files.run(this.#always, async () => await this.#read(name))),
    );
    return read.filter((one) => one !== undefined);
  }

  /** Rejects with an OperationError where it cannot be written: then nothing must be made. */
  async begin({ name, creationToken, vmId }: VmIdentity, work: Work): Promise<void> {
    try {
      const text = JSON.stringify({ name, creationToken, vmId, prismCentral: this.#prismCentral, work });
      await this.#files.run(this.#always, async () => {
        await replaceFile(this.#pathOf(name), `${text}\n`, 0o600);
      });
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      throw new OperationError({
        code: 'internal',
        attempted: `write down that instance "${name}" is begun`,
        problem,
        advice: 'Make room in the state folder of the group, or make it writable.',
        cause: error,
      });
    }
  }

  /** Never rejects: a record that stays only makes the next process look at the instance once more. */
  async end(name: string): Promise<void> {
    await this.#remove(this.#pathOf(name), `forget unfinished instance "${name}"`);
  }

  async #remove(path: string, attempted: string): Promise<void> {
    try {
      await rm(path, { force: true });
    } catch (error) {
      this.#logger.warn(OperationError.from(error, attempted).message);
    }
  }

  async #read(file: string): Promise<UnfinishedInstance | undefined> {
    const path = join(this.#folder, file);
    try {
      const { work, prismCentral, ...identity } = record.parse(JSON.parse(await readFile(path, 'utf8')));
      return { identity, work, elsewhere: this.#elsewhere(prismCentral), path };
    } catch (error) {
      if (hasSystemCode(error, 'ENOENT')) return undefined;
      this.#logger.warn(`${path} is no record of an instance, and is left alone.`);
      return undefined;
    }
  }

  #elsewhere(made: PrismCentral | undefined): string | undefined {
    const { host, port } = this.#prismCentral;
    if (made === undefined) return undefined;
    const isHere = made.port === port && made.host.toLowerCase() === host.toLowerCase();
    return isHere ? undefined : `${made.host}:${made.port}`;
  }

  /** A VM that was found may be called anything, also what is no file name. */
  #pathOf(name: string): string {
    const digest = createHash('sha256').update(name).digest('hex');
    return join(this.#folder, `${digest}${SUFFIX}`);
  }
}
