import type { CallContext, Notes } from '../../provider/index.js';
import { hasCode } from '../../support/index.js';

/** A process that is, or wants to be, the one of a group. `id`: of one process, new with each start. */
export interface Claim {
  readonly id: string;
  /** `user@computer` */
  readonly by: string;
  /** For users to read; never compared. */
  readonly since: string;
}

/** What stands in the note of a group. */
export type LeaseNote =
  | (Claim & { readonly kind: 'held' })
  /** A process asks the one that has the group whether it lives. `of`: that one; undefined = its note could not be read. */
  | (Claim & { readonly kind: 'challenged'; readonly of: string | undefined })
  | { readonly kind: 'free' }
  /** Another text: of a later version, or by hand. */
  | { readonly kind: 'unknown' };

const FREE = 'free';
const WRITTEN =
  /^(held|challenged) ([0-9a-f-]{36}) by=([^\s[\]]{1,100}) since=([0-9TZ:.-]{10,30})(?: of=([0-9a-f-]{36}))?$/;

/** Fewer than the 500 characters of a note. */
export function leaseNoteText(note: Exclude<LeaseNote, { kind: 'unknown' }>): string {
  if (note.kind === 'free') return FREE;
  const { kind, id, by, since } = note;
  const of = note.kind === 'challenged' && note.of !== undefined ? ` of=${note.of}` : '';
  return `${kind} ${id} by=${by} since=${since}${of}`;
}

export function readLeaseNote(text: string): LeaseNote {
  if (text.trim() === '' || text === FREE) return { kind: 'free' };
  const [, kind, id = '', by = '', since = '', of] = WRITTEN.exec(text) ?? [];
  if (kind === 'held') return { kind, id, by, since };
  return kind === 'challenged' ? { kind, id, by, since, of } : { kind: 'unknown' };
}

/** The process that has the group according to its note; undefined = the note does not say it. */
export function holderIn(note: LeaseNote): string | undefined {
  if (note.kind === 'held') return note.id;
  return note.kind === 'challenged' ? note.of : undefined;
}

/** The note of one group in the cloud. */
export class GroupNote {
  readonly #notes: Notes;
  readonly #name: string;

  constructor(notes: Notes, group: string) {
    this.#notes = notes;
    this.#name = `fleeting-${group}`;
  }

  /** The note's text; '' = there is none. */
  async text(context: CallContext): Promise<string> {
    return (await this.#notes.findNote(this.#name, context)) ?? '';
  }

  /** Writes the note, and resolves with what stands there then: another text when another process wrote at the same time. */
  async write(text: string, context: CallContext): Promise<string> {
    try {
      await this.#notes.putNote(this.#name, text, context);
    } catch (error) {
      // Of two writers at a time one may be refused.
      if (!hasCode(error, 'conflict')) throw error;
    }
    return await this.text(context);
  }

  /** False when the note stays: the account may not remove it, or another process wrote at the same time. Never rejects. */
  async remove(context: CallContext): Promise<boolean> {
    try {
      await this.#notes.removeNote(this.#name, context);
      return true;
    } catch {
      return false;
    }
  }
}
