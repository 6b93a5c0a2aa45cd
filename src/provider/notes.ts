import type { CallContext } from './provider.js';

/**
 * Texts that stand in the cloud for all processes of a program to read, wherever they run; they belong to no VM and to no
 * volume. Each program has its own. Errors and aborts are as with `Provider`.
 */
export interface Notes {
  /** The text of the note of this name, at most 60 of [A-Za-z0-9._-]; undefined = there is none. */
  findNote(name: string, context: CallContext): Promise<string | undefined>;
  /** Makes a note or replaces its text, of at most 500 characters, at once. Of two writers at a time one may be refused. */
  putNote(name: string, text: string, context: CallContext): Promise<void>;
  /** Removes a note; nothing there is success. `conflict` where another process wrote meanwhile and the cloud can tell. */
  removeNote(name: string, context: CallContext): Promise<void>;
}
