import { deadlineAfter, hasCode, OperationError, type Logger } from '../support/index.js';
import {
  optionTextsHelp,
  sizeText,
  volumeOptionsFrom,
  type VolumeService,
  type VolumeSummary,
} from '../volume/index.js';
import type { PluginAnswer, VolumeAnswer } from './messages.js';

/** What Docker's calls need of the core. */
export type DriverService = Pick<
  VolumeService,
  'ensure' | 'remove' | 'mount' | 'answered' | 'unmount' | 'find' | 'known'
>;

export interface VolumeDriverParts {
  /** The core; opened at the first call that needs it, and again after it could not be opened. */
  readonly service: () => Promise<DriverService>;
  readonly logger: Logger;
}

/** What a call knows of its request. */
export interface VolumeCallContext {
  /** Aborted when the engine has closed the connection: it takes no answer any more. */
  readonly gone: AbortSignal;
}

/**
 * The connection is closed without an answer. The engine concludes nothing from it for a volume that it knows, or whose driver is
 * named; of one that it never heard of, without a driver, it makes a local one all the same (findings/docker-unnamed-driver.sh).
 */
export const UNANSWERED = Symbol('unanswered');

/**
 * How long calls may take, ms. The engine waits 120 s for Create and Mount and 60 s for the others, and what it does not
 * wait for any more is never undone by it (volumes.md 2, 5). The rest of that time is for the roll back and the answer.
 */
const LIMITS = { Create: 110_000, Mount: 95_000, Remove: 55_000, Get: 25_000 } as const;
/** The engine does not hear of its end, and a volume that stays attached blocks other hosts: so it goes on for long, ms. */
const UNMOUNT_LIMIT = 600_000;

/**
 * Docker's volume calls in front of the core. Each answers with `Err` when it fails; only `Get` may leave the engine
 * without an answer. Calls may arrive twice, so all of them are idempotent (volumes.md 2).
 */
export class VolumeDriver {
  readonly #service: () => Promise<DriverService>;
  readonly #logger: Logger;

  constructor({ service, logger }: VolumeDriverParts) {
    this.#service = service;
    this.#logger = logger;
  }

  /** Makes the volume if there is none: with a global scope the request goes to every node of a swarm at once. */
  async create(name: string, texts: Readonly<Record<string, string>>): Promise<PluginAnswer> {
    if ('help' in texts) return { Err: `${optionTextsHelp()}\nNo volume was made.` };
    const attempted = `create volume "${name}"`;
    const options = volumeOptionsFrom(texts, attempted);
    await this.#within(LIMITS.Create, { name, attempted }, async (service, signal) => {
      await service.ensure(name, options, this.#context(name, signal));
    });
    return { Err: '' };
  }

  async remove(name: string): Promise<PluginAnswer> {
    await this.#within(
      LIMITS.Remove,
      { name, attempted: `remove volume "${name}"` },
      async (service, signal) => {
        await service.remove({ name }, undefined, this.#context(name, signal));
      },
    );
    return { Err: '' };
  }

  /**
   * Ends before the engine stops waiting, or is rolled back: a Mount that fails for the engine is never followed by an
   * Unmount. So one whose connection closes first is rolled back, too.
   */
  async mount(name: string, user: string, { gone }: VolumeCallContext): Promise<PluginAnswer> {
    const attempted = `mount volume "${name}"`;
    const work = async (service: DriverService, signal: AbortSignal): Promise<string> =>
      await service.mount({ name }, user, this.#context(name, signal));
    return { Mountpoint: await this.#within(LIMITS.Mount, { name, attempted }, work, gone), Err: '' };
  }

  /** The engine has the answer to a Mount: from now on the user counts for certain. */
  async delivered(name: string, user: string): Promise<void> {
    try {
      const attempted = `note a user of volume "${name}"`;
      await this.#within(UNMOUNT_LIMIT, { name, attempted }, async (service, signal) => {
        await service.answered({ name }, user, this.#context(name, signal));
      });
    } catch (error) {
      // The user counts all the same; that it was answered is asked for only after this process was killed.
      this.#logger.warn(OperationError.from(error, `note a user of volume "${name}"`).message);
    }
  }

  /** The answer to a Mount could not be delivered, so no Unmount will come for it. */
  async undelivered(name: string, user: string): Promise<void> {
    this.#logger.warn(`volume "${name}": the engine did not wait for its mount, which is rolled back`);
    await this.#giveBack(name, user);
  }

  /** Errors are logged: the engine shows those of Unmount to no user. It goes on when the connection closes. */
  async unmount(name: string, user: string): Promise<PluginAnswer> {
    await this.#within(
      UNMOUNT_LIMIT,
      { name, attempted: `unmount volume "${name}"` },
      async (service, signal) => {
        await service.unmount({ name }, user, this.#context(name, signal));
      },
    );
    return { Err: '' };
  }

  async path(name: string): Promise<PluginAnswer> {
    const volume = await this.#known(name);
    if (volume === undefined) return { Err: `volume "${name}" is not known on this host` };
    return { Mountpoint: volume.mountpoint ?? '', Err: '' };
  }

  /**
   * An `Err` here makes the engine forget the volume and start the container on a local one of the same name. So it is
   * given only when it is certain that there is no such volume; while Prism Central cannot be asked there is no answer.
   */
  async get(name: string): Promise<PluginAnswer | typeof UNANSWERED> {
    try {
      const volume = (await this.#known(name)) ?? (await this.#askFor(name));
      if (volume !== undefined) return { Volume: inFull(volume), Err: '' };
      return { Err: `there is no volume "${name}"` };
    } catch (error) {
      const { message } = OperationError.from(error, `look up volume "${name}"`);
      this.#logger.warn(`Get of volume "${name}" is not answered, since it may exist: ${message}`);
      return UNANSWERED;
    }
  }

  async list(): Promise<PluginAnswer> {
    const service = await this.#service();
    return { Volumes: (await service.known()).filter(isThere).map(inShort), Err: '' };
  }

  async #known(name: string): Promise<VolumeSummary | undefined> {
    const service = await this.#service();
    return (await service.known()).find((volume) => volume.name === name && isThere(volume));
  }

  async #askFor(name: string): Promise<VolumeSummary | undefined> {
    return await this.#within(
      LIMITS.Get,
      { name, attempted: `look up volume "${name}"` },
      async (service, signal) => {
        try {
          return await service.find({ name }, this.#context(name, signal));
        } catch (error) {
          if (hasCode(error, 'not-found')) return undefined;
          throw error;
        }
      },
    );
  }

  async #giveBack(name: string, user: string): Promise<void> {
    try {
      await this.unmount(name, user);
    } catch (error) {
      const { message } = OperationError.from(error, `roll back the mount of volume "${name}"`);
      this.#logger.warn(`volume "${name}" may stay attached to this host: ${message}`);
    }
  }

  async #within<T>(
    limit: number,
    { name, attempted }: { readonly name: string; readonly attempted: string },
    work: (service: DriverService, signal: AbortSignal) => Promise<T>,
    gone?: AbortSignal,
  ): Promise<T> {
    const deadline = deadlineAfter(limit, attempted, undefined, gone);
    try {
      return await work(await this.#service(), deadline.signal);
    } catch (error) {
      throw aboutVolume(OperationError.from(error, attempted), name);
    } finally {
      deadline.clear();
    }
  }

  #context(name: string, signal: AbortSignal): { signal: AbortSignal; progress: (line: string) => void } {
    return { signal, progress: (line) => this.#logger.debug(`volume "${name}": ${line}`) };
  }
}

/** Docker puts the name into none of its own texts (volumes.md 5). */
function aboutVolume(error: OperationError, name: string): OperationError {
  return error.message.includes(name)
    ? error
    : error.with({ attempted: `volume "${name}": ${error.attempted}` });
}

function isThere({ removed }: VolumeSummary): boolean {
  return removed === undefined;
}

function inShort({ name, mountpoint, madeAt }: VolumeSummary): VolumeAnswer {
  const made = madeAt === undefined ? {} : { CreatedAt: madeAt.toISOString() };
  return { Name: name, Mountpoint: mountpoint ?? '', ...made };
}

function inFull(volume: VolumeSummary): VolumeAnswer {
  const { id, sizeBytes, filesystem, holders } = volume;
  const Status = {
    id,
    size: sizeText(sizeBytes),
    ...(filesystem === undefined ? {} : { filesystem }),
    ...(holders === undefined || holders.length === 0 ? {} : { holders: holders.join(', ') }),
  };
  return { ...inShort(volume), Status };
}
