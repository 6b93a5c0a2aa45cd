import type { CallContext, VolumeAttachment } from '../../provider/index.js';
import { backoff, deadlineAfter, hasCode, OperationError } from '../../support/index.js';
import { isAt } from '../cloud/holders.js';
import type { VolumeCore } from '../core.js';
import { isInUse, type VolumeRecord } from '../records/volume-record.js';
import { deviceHere, targetHere, withSecret } from './attached.js';
import { BackgroundWork } from './background-work.js';

/** So long the last user waits for the volume to be given back; what is not done by then is done later, ms. */
const GIVING_BACK_LIMIT = 20_000;
/** What containers have written and not synced is as much as the kernel lets wait, ms. */
const FLUSH_LIMIT = 30_000;
const RETRIES = { first: 1000, growth: 2, longest: 60_000 };

/**
 * Gives back what nothing on this host uses any more: unmounts, releases the device, detaches. What cannot be done now,
 * because Prism is away or something still has a file open, stands in the record and is done later, by this process or
 * the next one.
 */
export class IdleVolumes {
  readonly #core: VolumeCore;
  readonly #background: BackgroundWork;
  readonly #soon = new Set<Promise<void>>();

  constructor(core: VolumeCore) {
    this.#core = core;
    this.#background = new BackgroundWork(core.parts);
    core.records.whenKept((id) => this.#writeLater(id));
  }

  /** In the turn of the volume. Never rejects: what is left is tried again in the background. */
  async giveBackNow(
    record: VolumeRecord,
    attempted: string,
    progress: CallContext['progress'],
  ): Promise<void> {
    const deadline = deadlineAfter(GIVING_BACK_LIMIT, attempted, undefined, this.#background.signal);
    try {
      await this.#giveBack(record, attempted, { signal: deadline.signal, progress });
    } catch (error) {
      const { message } = OperationError.from(error, attempted);
      this.#core.parts.logger.warn(`${message.replace(/\.?$/, '.')} It is given back later.`);
      this.giveBackLater(record.id, 0);
    } finally {
      deadline.clear();
    }
  }

  /** In a turn of its own after the one at hand, without a caller who waits, unless the volume is used again by then. */
  giveBackSoon(id: string, attempted: string): void {
    const context = { signal: this.#background.signal, progress: (): void => undefined };
    const giveBack = async (): Promise<void> => {
      const record = await this.#core.records.get(id);
      if (record !== undefined) await this.giveBackNow(record, attempted, context.progress);
    };
    // It rejects when the program ends: the next process finds the record.
    const work = this.#core.turns.run(id, `give volume ${id} back`, giveBack, context).catch(() => undefined);
    this.#soon.add(work);
    void work.then(() => this.#soon.delete(work));
  }

  /** Gives it back in the background, `delay` ms from now at the earliest, unless it is used again by then. */
  giveBackLater(id: string, delay: number): void {
    const attempted = `give volume ${id} back`;
    this.#later({ id, key: id, attempted }, delay, async (context) => {
      const record = await this.#core.records.get(id);
      if (record !== undefined) await this.#giveBack(record, attempted, context);
    });
  }

  /** Writes a record for which there was no room. */
  #writeLater(id: string): void {
    const attempted = `write down what this host has of volume ${id}`;
    const write = async (): Promise<void> => await this.#core.records.writeKept(id);
    this.#later({ id, key: `record ${id}`, attempted }, 0, write);
  }

  /** In turns of the volume until it succeeds; once at a time for each key. */
  #later(
    { id, key, attempted }: { readonly id: string; readonly key: string; readonly attempted: string },
    delay: number,
    work: (context: CallContext) => Promise<void>,
  ): void {
    if (this.#core.parts.background === false) return;
    const delays = backoff(RETRIES);
    const inTurn = async (): Promise<true> => {
      const context = { signal: this.#background.signal, progress: (): void => undefined };
      await this.#core.turns.run(id, attempted, work, context);
      return true;
    };
    this.#background.start(key, attempted, inTurn, {
      delays: (count) => (count === 1 ? Math.max(delay, RETRIES.first) : delays(count)),
      pauseFirst: true,
    });
  }

  /** Resolves when nothing is under way in the background any more. */
  async close(): Promise<void> {
    await this.#background.close('give a volume back');
    await Promise.all(this.#soon);
  }

  async #giveBack(before: VolumeRecord, attempted: string, context: CallContext): Promise<void> {
    const { node } = this.#core.parts;
    if (isInUse(before)) return;
    const attachments = await this.#attachmentsOf(before, attempted, context);
    let record = before;
    if (record.mount !== undefined) {
      await node.unmount(record.mount.target, context.signal);
      record = { ...record, mount: undefined };
      await this.#core.records.putOrKeep(record);
    }
    const { attachment } = record;
    if (attachment === undefined) return;
    if (attachment.address !== undefined) {
      await node.releaseDevice(await withSecret(this.#core, attachment.address), context.signal);
    }
    for (const one of attachments) await this.#detach(record.id, one, context);
    await this.#core.records.putOrKeep({ ...record, attachment: undefined });
  }

  /**
   * What this host has to detach in the cloud; nothing of a controller's, where there is one. While the cloud cannot tell, the volume stays
   * mounted, with all that was written on its disk: a container that starts again meanwhile gets it without the cloud.
   */
  async #attachmentsOf(
    record: VolumeRecord,
    attempted: string,
    context: CallContext,
  ): Promise<readonly VolumeAttachment[]> {
    const { detachesAll = false } = this.#core.parts;
    if (record.attachment === undefined || (record.attachment.by === 'controller' && !detachesAll)) return [];
    const target = await targetHere(this.#core, attempted);
    try {
      const volume = await this.#core.parts.volumes.find(record.id, context);
      return volume?.attachments.filter((one) => isAt(one, target)) ?? [];
    } catch (error) {
      await this.#flush(record);
      throw error;
    }
  }

  async #flush(record: VolumeRecord): Promise<void> {
    // The caller's time may be over, and this is due all the same.
    const signal = AbortSignal.timeout(FLUSH_LIMIT);
    try {
      const device = record.mount === undefined ? undefined : await deviceHere(this.#core, record, signal);
      if (device !== undefined) await this.#core.parts.node.flush(device, signal);
    } catch (error) {
      this.#core.parts.logger.warn(OperationError.from(error, `flush volume ${record.id}`).message);
    }
  }

  async #detach(id: string, attachment: VolumeAttachment, context: CallContext): Promise<void> {
    await this.#core.parts.volumes.detach(id, attachment, context).catch((error: unknown) => {
      if (!hasCode(error, 'not-found')) throw error;
    });
  }
}
