import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CallContext } from '../provider/index.js';
import { OperationError, poll, replaceFile } from '../support/index.js';
import type { VolumeServiceParts } from './service-parts.js';

/** How often a host renews its sign of life, and how often one is looked at by a host that wants its volume, ms. */
const RENEWAL = 30_000;
const LOOK = 15_000;
/** Between two looks that belong together there are at most so many ms: in a longer gap it is not known what was. */
const LONGEST_GAP = 3 * LOOK;
/** So long a holder is watched after its volume was last wanted, ms. */
const WATCHED = 15 * 60_000;
/** Writing may take so long, ms. */
const LIMIT = 10_000;

/** What is known of a holder's life. `silent`: so long no sign came, and after so long it counts as dead, ms. */
export type LifeOfHolder =
  | { readonly kind: 'not asked' }
  | { readonly kind: 'no signs' }
  | { readonly kind: 'silent'; readonly forMs: number; readonly limitMs: number };

interface Watch {
  /** The sign as it was last seen, and since when it is the same, by this computer's steady clock. */
  text: string | undefined;
  since: number;
  seenAt: number;
  wantedAt: number;
}

/**
 * Signs of life of hosts that have volumes: a note in the cloud for each one, which its process renews, with the time
 * after which it agrees to be taken for dead. Another host sees that the note changes, or does not for so long by its own
 * steady clock: no two clocks are ever compared. Only looks that succeed one after the other count, so that an outage of
 * the cloud makes no holder dead. A process that ends in order, or is told not to take part, withdraws the sign.
 */
export class SignsOfLife {
  readonly #parts: VolumeServiceParts;
  readonly #closing = new AbortController();
  readonly #watches = new Map<string, Watch>();
  readonly #watching = new Set<string>();
  readonly #work = new Set<Promise<void>>();
  #isRenewing = false;

  constructor(parts: VolumeServiceParts) {
    this.#parts = parts;
    setMaxListeners(0, this.#closing.signal);
  }

  /**
   * Gives a sign of this VM's life, and goes on until the end; nothing while the policy does not ask for it. To be called
   * before the VM gets a volume, and when it has one as the process starts. A failure is told, and is no hindrance.
   */
  async begin(vmId: string): Promise<void> {
    if (this.#parts.background === false || this.#isRenewing) return;
    const { takeoverAfterMs } = await this.#parts.policy();
    if (takeoverAfterMs === undefined && !existsSync(this.#marker())) return;
    this.#isRenewing = true;
    try {
      await this.#sign(vmId);
    } catch (error) {
      this.#parts.logger.warn(OperationError.from(error, `give a sign of life of VM ${vmId}`).message);
    }
    this.#repeat(async () => await this.#sign(vmId), RENEWAL);
  }

  /** What is known of the holder now; with the first question it begins to be watched. */
  async of(vmId: string, context: CallContext): Promise<LifeOfHolder> {
    const { takeoverAfterMs } = await this.#parts.policy();
    if (takeoverAfterMs === undefined || this.#parts.background === false) return { kind: 'not asked' };
    const watch = await this.#look(vmId, context);
    watch.wantedAt = this.#parts.clock.now();
    if (!this.#watching.has(vmId)) {
      this.#watching.add(vmId);
      this.#repeat(async () => await this.#watchOn(vmId), LOOK);
    }
    const promised = limitIn(watch.text);
    if (promised === undefined) return { kind: 'no signs' };
    const forMs = this.#parts.clock.now() - watch.since;
    return { kind: 'silent', forMs, limitMs: Math.max(takeoverAfterMs, promised) };
  }

  async close(): Promise<void> {
    const problem = 'the program ends';
    this.#closing.abort(new OperationError({ code: 'cancelled', attempted: 'tell signs of life', problem }));
    await Promise.all(this.#work);
    const vmId = this.#isRenewing ? await this.#signedFor() : undefined;
    if (vmId === undefined) return;
    await this.#withdraw(vmId, 'the process ended in order').catch((error: unknown) =>
      this.#parts.logger.warn(OperationError.from(error, 'withdraw the sign of life').message),
    );
  }

  async #sign(vmId: string): Promise<boolean> {
    const { takeoverAfterMs } = await this.#parts.policy();
    if (takeoverAfterMs === undefined) {
      // A sign of before, never renewed, would look like that of a dead host.
      if (existsSync(this.#marker())) await this.#withdraw(vmId, 'the policy says no takeover-after');
      return false;
    }
    if ((await this.#signedFor()) !== vmId) await replaceFile(this.#marker(), vmId, 0o600);
    await this.#write(vmId, `limit=${takeoverAfterMs} renewed=${new Date().toISOString()} ${randomUUID()}`);
    return false;
  }

  async #withdraw(vmId: string, why: string): Promise<void> {
    await this.#write(vmId, `withdrawn: ${why}`);
    await rm(this.#marker(), { force: true });
  }

  async #write(vmId: string, text: string): Promise<void> {
    const signal = AbortSignal.timeout(LIMIT);
    await this.#parts.notes.putNote(noteOf(vmId), text, { signal, progress: () => undefined });
  }

  /** Says that a sign of this VM may be in the cloud. */
  #marker(): string {
    return join(this.#parts.folder, 'sign-of-life');
  }

  async #signedFor(): Promise<string | undefined> {
    return await readFile(this.#marker(), 'utf8').catch(() => undefined);
  }

  async #look(vmId: string, context: CallContext): Promise<Watch> {
    const { clock, notes } = this.#parts;
    const watch = this.#watches.get(vmId);
    let text: string | undefined;
    try {
      text = await notes.findNote(noteOf(vmId), context);
    } catch (error) {
      // What happened meanwhile is not known: the time begins anew.
      this.#watches.delete(vmId);
      throw error;
    }
    const now = clock.now();
    if (watch === undefined || watch.text !== text || now - watch.seenAt > LONGEST_GAP) {
      const begun = { text, since: now, seenAt: now, wantedAt: watch?.wantedAt ?? now };
      this.#watches.set(vmId, begun);
      return begun;
    }
    watch.seenAt = now;
    return watch;
  }

  /** Resolves with true when the holder's volume is not wanted any more, or it could not be seen. */
  async #watchOn(vmId: string): Promise<boolean> {
    const watch = this.#watches.get(vmId);
    if (watch === undefined || this.#parts.clock.now() - watch.wantedAt > WATCHED) {
      this.#watches.delete(vmId);
      this.#watching.delete(vmId);
      return true;
    }
    const context = { signal: this.#closing.signal, progress: (): void => undefined };
    await this.#look(vmId, context);
    return false;
  }

  #repeat(once: () => Promise<boolean>, delay: number): void {
    const { clock, logger } = this.#parts;
    const { signal } = this.#closing;
    const repeated = poll<undefined>(
      async () => {
        try {
          return (await once()) ? { ready: true, value: undefined } : { ready: false };
        } catch (error) {
          if (signal.aborted) throw error;
          logger.debug(OperationError.from(error, 'tell signs of life').message);
          return { ready: false };
        }
      },
      { clock, signal, delays: () => delay },
    );
    const work = repeated.catch(() => undefined);
    this.#work.add(work);
    void work.then(() => this.#work.delete(work));
  }
}

function noteOf(vmId: string): string {
  return `life-${vmId.toLowerCase()}`;
}

/** The time that the host agreed to, ms; undefined = it takes no part, or has withdrawn. */
function limitIn(text: string | undefined): number | undefined {
  const [, digits] = /^limit=(\d{1,12}) /.exec(text ?? '') ?? [];
  return digits === undefined ? undefined : Number(digits);
}
