import { setMaxListeners } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lock } from '../../process/index.js';
import type { CallContext } from '../../provider/index.js';
import { OperationError, poll, type Clock, type Logger } from '../../support/index.js';
import {
  type GroupNote,
  holderIn,
  leaseNoteText,
  readLeaseNote,
  type Claim,
  type LeaseNote,
} from './lease-note.js';
import { heldBy } from './refusals.js';

/** How often a holder probes its note, ms: one request. It is written only when another process asks. */
const HOLDER_PROBE = 8_000;
/** What was seen longer ago, ms, is looked up again before anything is changed. */
const FRESH = 2 * HOLDER_PROBE;
/** One probe may take so long, ms, and giving the note back. */
const LIMIT = 5_000;

interface HeldParts {
  readonly group: string;
  readonly folder: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** undefined = the lock alone is held. */
  readonly note: GroupNote | undefined;
  readonly claim: Claim;
  readonly lock: Lock;
}

/** The file with the id of the last process that stood in the note from this folder. */
export function markerIn(folder: string): string {
  return join(folder, 'lease');
}

/**
 * The right of this process to change a group. Its note is probed as long as it lives, and answers every process that asks.
 *
 * Two processes can both have started, e.g. while this one could not reach the cloud, or stood still for so long that the
 * other one took it for dead. Then the later one is right, because its runner counts the instances from then on: this one
 * changes nothing more, and says so, until the other one has given the group back.
 */
export class GroupLease {
  readonly #parts: HeldParts;
  readonly #mine: string;
  readonly #closing = new AbortController();
  #probing: Promise<unknown> = Promise.resolve();
  /** When the note was last seen, by the steady clock; undefined = not since it was taken. */
  #seenAt: number | undefined;
  /** What stands in the note instead; undefined = this process has the group. */
  #lostTo: LeaseNote | undefined;

  constructor(parts: HeldParts) {
    this.#parts = parts;
    this.#mine = leaseNoteText({ kind: 'held', ...parts.claim });
    setMaxListeners(0, this.#closing.signal);
    if (parts.note !== undefined) this.#probing = this.#probeOn(parts.note);
  }

  /**
   * To be waited for before anything of the group is changed. Rejects with `conflict` when another process has it, and when
   * the note was not seen for a while and the cloud cannot be asked.
   */
  async confirm(attempted: string, context: CallContext): Promise<void> {
    const { note, clock, group } = this.#parts;
    if (note === undefined) return;
    const isFresh = this.#seenAt !== undefined && clock.now() - this.#seenAt <= FRESH;
    if (!isFresh || this.#lostTo !== undefined) await this.#probe(note, context);
    if (this.#lostTo !== undefined) throw heldBy(group, this.#lostTo, attempted);
  }

  /** The error when another process is known to have the group; sends nothing. */
  lost(attempted: string): OperationError | undefined {
    return this.#lostTo === undefined ? undefined : heldBy(this.#parts.group, this.#lostTo, attempted);
  }

  /** Gives the group back, so that the next start has it at once. Never rejects; a second call does nothing. */
  async release(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort(
      new OperationError({ code: 'cancelled', attempted: 'hold a group', problem: 'the end' }),
    );
    await this.#probing;
    const { note, lock, logger, group } = this.#parts;
    try {
      if (note !== undefined) await this.#giveBack(note);
    } catch (error) {
      logger.warn(OperationError.from(error, `give back group "${group}"`).message);
    } finally {
      await lock.release();
    }
  }

  async #giveBack(note: GroupNote): Promise<void> {
    const context = { signal: AbortSignal.timeout(LIMIT), progress: (): void => undefined };
    const isOurs = async (): Promise<boolean> =>
      holderIn(readLeaseNote(await note.text(context))) === this.#parts.claim.id;
    // No group that is given up leaves anything in the cloud, where the account may remove it.
    if ((await isOurs()) && !(await note.remove(context)) && (await isOurs()))
      await note.write(leaseNoteText({ kind: 'free' }), context);
    await rm(markerIn(this.#parts.folder), { force: true });
  }

  async #probeOn(note: GroupNote): Promise<void> {
    const { clock, logger } = this.#parts;
    const { signal } = this.#closing;
    const probe = async (): Promise<{ ready: false }> => {
      const limited = AbortSignal.any([signal, AbortSignal.timeout(LIMIT)]);
      await this.#probe(note, { signal: limited, progress: () => undefined }).catch((error: unknown) => {
        if (!signal.aborted) logger.debug(OperationError.from(error, 'probe the note of a group').message);
      });
      return { ready: false };
    };
    await poll(probe, { clock, signal, delays: () => HOLDER_PROBE, pauseFirst: true }).catch(() => undefined);
  }

  async #probe(note: GroupNote, context: CallContext): Promise<void> {
    const { claim, clock } = this.#parts;
    let text = await note.text(context);
    const found = readLeaseNote(text);
    // Asked for, or given back by the process that had taken the group, or removed by hand.
    const isOurs = holderIn(found) === claim.id || found.kind === 'free';
    if (text !== this.#mine && isOurs) text = await note.write(this.#mine, context);
    this.#seenAt = clock.now();
    this.#note(text === this.#mine ? undefined : readLeaseNote(text));
  }

  #note(lostTo: LeaseNote | undefined): void {
    const { group, logger } = this.#parts;
    const before = this.#lostTo;
    this.#lostTo = lostTo;
    if (before === undefined && lostTo !== undefined) {
      logger.warn(
        heldBy(group, lostTo, `keep group "${group}" (nothing of it is changed from now on)`).message,
      );
    }
    if (before !== undefined && lostTo === undefined) logger.info(`group "${group}" is this runner's again`);
  }
}
