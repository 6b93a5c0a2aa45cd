import type { VolumeCore } from '../core.js';
import { isInUse, type VolumeRecord } from '../records/volume-record.js';
import { BackgroundWork } from './background-work.js';
import type { IdleVolumes } from './idle.js';
import { releaseUnused, withUsers } from './use.js';

/**
 * So long an engine may take from the answer to its mount until its container has the file system, ms: it mounts one
 * volume after the other, and waits two minutes for each.
 */
const ON_ITS_WAY = 600_000;

/** Timers may end a little early, ms. */
const ROUNDING = 1000;

/**
 * Users whom an earlier process of this host has counted. What an engine was told when that process was killed is not
 * known, and an engine never undoes a mount whose answer was lost, and repeats no unmount in full (volumes.md 5). The
 * kernel knows more: a container that has a volume has its file system mounted at another place. Where there is no such
 * mount, after a time in which a container could have been started, these users are gone; otherwise they count on.
 */
export class InheritedUsers {
  readonly #core: VolumeCore;
  readonly #idle: IdleVolumes;
  readonly #background: BackgroundWork;

  constructor(core: VolumeCore, idle: IdleVolumes) {
    this.#background = new BackgroundWork(core.parts);
    this.#core = core;
    this.#idle = idle;
  }

  /** Looks after the inherited users of this record until there are none. */
  watch({ id, inherited }: VolumeRecord): void {
    if (inherited.length === 0) return;
    const attempted = `find out who uses volume ${id}`;
    const delays = (): number => ON_ITS_WAY + ROUNDING;
    this.#background.start(id, attempted, async () => await this.#areGone(id, attempted), { delays });
  }

  async close(): Promise<void> {
    await this.#background.close('look after users');
  }

  /** Resolves with true when there is nothing to look after any more. */
  async #areGone(id: string, attempted: string): Promise<boolean> {
    // Without a turn, which others would wait for, as long as there is nothing to be done.
    const record = await this.#core.records.get(id);
    if (record === undefined || record.inherited.length === 0) return true;
    if (this.#due(record).length === 0) return false;
    const context = { signal: this.#background.signal, progress: () => undefined };
    const look = async (): Promise<boolean> => await this.#look(id, attempted);
    return await this.#core.turns.run(id, attempted, look, context);
  }

  /** Resolves with true when no inherited user is left. */
  async #look(id: string, attempted: string): Promise<boolean> {
    const before = await this.#core.records.get(id);
    const due = this.#due(before);
    if (before === undefined || due.length === 0) return false;
    const { mount } = before;
    const isSeen = mount !== undefined && (await this.#core.parts.node.isMountedElsewhere(mount.target));
    // The mount does not say which of several users has it: all of them count.
    if (isSeen === true) return false;
    const names = due.map(({ user }) => user);
    // Who cannot look keeps those that were answered. The kernel gives no device back that is mounted elsewhere.
    const gone = isSeen === false ? names : names.filter((user) => before.unanswered.includes(user));
    if (gone.length > 0) await this.#forget(before, gone, attempted);
    const now = await this.#core.records.get(id);
    if (isSeen === undefined && now !== undefined) {
      const inherited = now.inherited.filter(({ user }) => !names.includes(user));
      await this.#core.records.putOrKeep({ ...now, inherited });
    }
    return now === undefined || now.inherited.length === 0;
  }

  #due(record: VolumeRecord | undefined): VolumeRecord['inherited'] {
    const over = this.#core.now().getTime() - ON_ITS_WAY;
    return record?.inherited.filter(({ since }) => !(new Date(since).getTime() > over)) ?? [];
  }

  async #forget(record: VolumeRecord, gone: readonly string[], attempted: string): Promise<void> {
    const users = [...record.users];
    for (const user of gone) users.splice(users.indexOf(user), 1);
    this.#core.parts.logger.warn(
      `volume "${record.name}": ${gone.length} of its users on this host (${gone.join(', ')}) are gone: an earlier process counted them, and nothing has it mounted; they count no more`,
    );
    const rest = withUsers(record, users);
    const context = { signal: this.#background.signal, progress: (): void => undefined };
    if (isInUse(rest)) await this.#core.records.putOrKeep(rest);
    else await releaseUnused(this.#core, this.#idle, rest, attempted, context);
  }
}
