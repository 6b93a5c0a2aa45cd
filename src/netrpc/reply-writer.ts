import type { Writable } from 'node:stream';

import { GobEncoder, GobError, type TypedValue } from '../gob/index.js';
import { emptyStruct, responseType, type RequestHeader } from './headers.js';

/**
 * Writes replies, each a header and a body, to the server's gob stream. A reply goes out in one piece, so
 * replies of calls that end at the same time never mix.
 */
export class ReplyWriter {
  readonly #socket: Writable;
  readonly #encoder: GobEncoder;
  #waiting: Uint8Array[] = [];

  constructor(socket: Writable) {
    this.#socket = socket;
    this.#encoder = new GobEncoder((bytes) => this.#waiting.push(bytes));
  }

  /** The client does not take its replies as fast as they come. */
  get isCongested(): boolean {
    return this.#socket.writableNeedDrain;
  }

  success(request: RequestHeader, reply: TypedValue): void {
    try {
      this.#encoder.encodeAll([{ type: responseType, value: { ...request, Error: '' } }, reply]);
    } catch (error) {
      if (!(error instanceof GobError)) throw error;
      this.failure(request, error.message);
    }
  }

  /** An error reply has a body too: an empty struct. */
  failure(request: RequestHeader, text: string): void {
    this.#encoder.encodeAll([
      { type: responseType, value: { ...request, Error: text } },
      { type: emptyStruct, value: {} },
    ]);
  }

  /** Hands what was written to the socket, in one write. */
  flush(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    const [only] = waiting;
    if (only === undefined || !this.#socket.writable) return;
    this.#socket.write(waiting.length === 1 ? only : Buffer.concat(waiting));
  }
}
