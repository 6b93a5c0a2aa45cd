import type { CallContext } from '../../provider/index.js';
import { OperationError } from '../../support/index.js';
import { inWords, type VolumeCore } from '../core.js';
import { isInUse, type VolumeRecord } from '../records/volume-record.js';
import type { TurnContext } from '../turns.js';
import type { VolumeReference } from '../volume-service.js';
import { holdVolume, type HeldVolume } from './attached.js';
import type { IdleVolumes } from './idle.js';
import { mountFilesystem, mountHere, type FilesystemWish } from './mounted.js';

/** Volumes as Docker has them: mounted for users, who are counted. */
export class VolumeUsers {
  readonly #core: VolumeCore;
  readonly #idle: IdleVolumes;
  /** Volume and user of whom this process has counted and not yet heard that they were answered. */
  readonly #unanswered = new Set<string>();

  constructor(core: VolumeCore, idle: IdleVolumes) {
    this.#core = core;
    this.#idle = idle;
  }

  /** See `VolumeService.mount`. */
  async mount(volume: VolumeReference, user: string, context: CallContext): Promise<string> {
    const attempted = `mount ${inWords(volume)}`;
    const id = await this.#core.idOf(volume, attempted, context);
    return await this.#core.turns.run(
      id,
      `${attempted} for ${user}`,
      async (turn) => await this.#mountInTurn(id, user, attempted, turn),
      context,
    );
  }

  /** See `VolumeService.answered`. */
  async answered(volume: VolumeReference, user: string, context: CallContext): Promise<void> {
    const found = await this.#core.records.find(volume);
    if (found?.unanswered.includes(user) !== true) return;
    const { id } = found;
    await this.#core.turns.run(
      id,
      `note that ${user} has ${inWords(volume)}`,
      async () => {
        this.#unanswered.delete(`${id} ${user}`);
        const record = await this.#core.records.get(id);
        if (record?.unanswered.includes(user) !== true) return;
        await this.#core.records.putOrKeep({ ...record, unanswered: withoutOne(record.unanswered, user) });
      },
      context,
    );
  }

  /** See `VolumeService.unmount`. */
  async unmount(volume: VolumeReference, user: string, context: CallContext): Promise<void> {
    const attempted = `unmount ${inWords(volume)}`;
    const found = await this.#core.records.find(volume);
    if (found === undefined) return;
    await this.#core.turns.run(
      found.id,
      `${attempted} for ${user}`,
      async (turn) => {
        const record = await this.#core.records.get(found.id);
        if (record?.users.includes(user) === true) await this.#without(record, user, attempted, turn);
      },
      context,
    );
  }

  async #mountInTurn(id: string, user: string, attempted: string, turn: TurnContext): Promise<string> {
    const folder = await this.#mountedFolder(id, attempted, turn);
    const record = await this.#core.records.get(id);
    if (record === undefined) throw lost(attempted);
    // An engine never undoes a mount for which it did not wait.
    if (turn.isAbandoned()) {
      await this.#release(record, attempted, turn);
      throw abandoned(attempted);
    }
    const counted = await this.#count(record, user, attempted, turn);
    if (!turn.isAbandoned()) return folder;
    await this.#without(counted, user, attempted, turn);
    throw abandoned(attempted);
  }

  /**
   * The record with this user. The same user counts twice: for `docker cp` the engine mounts with the id of a container
   * that runs. One whom a process that was killed has not answered repeats its call, and counts once.
   */
  #counted(record: VolumeRecord, user: string): VolumeRecord {
    const key = `${record.id} ${user}`;
    const isRepeated = record.unanswered.includes(user) && !this.#unanswered.has(key);
    this.#unanswered.add(key);
    const known = { ...record, attachment: withoutIdle(record) };
    if (isRepeated) return { ...known, inherited: record.inherited.filter((one) => one.user !== user) };
    return { ...known, users: [...record.users, user], unanswered: [...record.unanswered, user] };
  }

  /** The record with this user, written; a call whose user cannot be written down changes nothing. */
  async #count(
    record: VolumeRecord,
    user: string,
    attempted: string,
    turn: TurnContext,
  ): Promise<VolumeRecord> {
    const key = `${record.id} ${user}`;
    const wasUnanswered = this.#unanswered.has(key);
    const counted = this.#counted(record, user);
    try {
      await this.#core.records.put(counted);
      return counted;
    } catch (error) {
      if (!wasUnanswered) this.#unanswered.delete(key);
      await this.#release(record, attempted, turn);
      throw error;
    }
  }

  /** The folder of the volume, which is mounted afterwards, without Prism where it is mounted already. */
  async #mountedFolder(id: string, attempted: string, turn: TurnContext): Promise<string> {
    const before = await this.#core.records.get(id);
    const folder = before?.mount?.folder;
    if (before !== undefined && folder !== undefined) {
      if ((await mountHere(this.#core, before, turn.signal)) !== undefined) return folder;
      await forgetDeadMount(this.#core, before, attempted, turn);
    }
    await this.#forgetUsers(id);
    return await mountVolume(this.#core, this.#idle, id, {}, attempted, turn);
  }

  /** Users of a mount that is not there any more, after a restart of the host. */
  async #forgetUsers(id: string): Promise<void> {
    const record = await this.#core.records.get(id);
    if (record !== undefined && record.users.length > 0) await this.#core.records.put(withUsers(record, []));
  }

  async #without(record: VolumeRecord, user: string, attempted: string, turn: TurnContext): Promise<void> {
    const rest = withUsers(record, withoutOne(record.users, user));
    if (!rest.unanswered.includes(user)) this.#unanswered.delete(`${record.id} ${user}`);
    if (isInUse(rest)) await this.#core.records.putOrKeep(rest);
    else await this.#release(rest, attempted, turn);
  }

  async #release(record: VolumeRecord, attempted: string, turn: TurnContext): Promise<void> {
    if (isInUse(record)) return;
    await releaseUnused(this.#core, this.#idle, record, attempted, turn);
  }
}

/** Attaches, formats, mounts; what is half done is rolled back when a step fails. */
export async function mountVolume(
  core: VolumeCore,
  idle: IdleVolumes,
  id: string,
  wish: FilesystemWish,
  attempted: string,
  context: CallContext,
): Promise<string> {
  return await withHeldVolume(core, idle, id, attempted, context, async (held) => {
    const { mount } = await mountFilesystem(core, held, wish, attempted, context);
    if (mount?.folder === undefined) throw lost(attempted);
    return mount.folder;
  });
}

/** Does something with a volume that this host has got; gives it back when that fails and nothing else uses it. */
export async function withHeldVolume<T>(
  core: VolumeCore,
  idle: IdleVolumes,
  id: string,
  attempted: string,
  context: CallContext,
  work: (held: HeldVolume) => Promise<T>,
): Promise<T> {
  try {
    const volume = await core.require({ id }, attempted, context);
    return await work(await holdVolume(core, volume, attempted, context));
  } catch (error) {
    const record = await core.records.get(id);
    if (record !== undefined && !isInUse(record)) {
      await releaseUnused(core, idle, record, attempted, context);
    }
    throw error;
  }
}

/**
 * Marks a volume that nothing uses, so that it is given back whatever happens, and gives it back: before the caller is
 * answered, whom a controller asks next to detach it; or at once afterwards where this host detaches all, because Swarm
 * starts and stops nothing on the node meanwhile, and a task that comes back too soon never gets the volume.
 */
export async function releaseUnused(
  core: VolumeCore,
  idle: IdleVolumes,
  record: VolumeRecord,
  attempted: string,
  context: CallContext,
): Promise<void> {
  const { attachment } = record;
  const unused: VolumeRecord = {
    ...record,
    attachment: attachment === undefined ? undefined : { ...attachment, idleSince: core.now().toISOString() },
  };
  await core.records.putOrKeep(unused);
  if (core.parts.detachesAll === true) idle.giveBackSoon(record.id, attempted);
  else await idle.giveBackNow(unused, attempted, context.progress);
}

/** A mount whose device is gone, because the storage gave the volume to another host: it can only fail. */
export async function forgetDeadMount(
  core: VolumeCore,
  record: VolumeRecord,
  attempted: string,
  context: CallContext,
): Promise<void> {
  if (record.mount === undefined) return;
  try {
    await core.parts.node.unmount(record.mount.target, context.signal);
  } catch (error) {
    throw OperationError.from(error, attempted).with({
      attempted: `${attempted}: its device is gone from this host, and the dead mount cannot be taken away`,
    });
  }
  await core.records.put({ ...record, mount: undefined });
}

/** The record with these users, who are some of those that it had. */
export function withUsers(record: VolumeRecord, users: readonly string[]): VolumeRecord {
  const [unanswered, inherited] = [[...users], [...users]];
  return {
    ...record,
    users: [...users],
    unanswered: record.unanswered.filter((user) => taken(unanswered, user)),
    inherited: record.inherited.filter(({ user }) => taken(inherited, user)),
  };
}

/** Takes one of that name out of the list; false = there is none. */
function taken(users: string[], user: string): boolean {
  const at = users.indexOf(user);
  if (at >= 0) users.splice(at, 1);
  return at >= 0;
}

function withoutOne(users: readonly string[], user: string): string[] {
  const rest = [...users];
  taken(rest, user);
  return rest;
}

function withoutIdle({ attachment }: VolumeRecord): VolumeRecord['attachment'] {
  return attachment === undefined ? undefined : { ...attachment, idleSince: undefined };
}

function abandoned(attempted: string): OperationError {
  const problem = 'its caller waits no longer; it was rolled back';
  return new OperationError({ code: 'cancelled', attempted, problem });
}

function lost(attempted: string): OperationError {
  const problem = "this host's record of it is gone";
  return new OperationError({ code: 'internal', attempted, problem });
}
