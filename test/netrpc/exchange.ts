import { GobDecoder, GobEncoder, type GobType } from '../../src/gob/index.js';
import { emptyStruct } from '../../src/netrpc/index.js';
import { requestType, responseType, type ResponseHeader } from '../../src/netrpc/headers.js';

/** Requests as a Go client writes them: one gob stream. */
export class RequestBytes {
  readonly #chunks: Uint8Array[] = [];
  readonly #encoder = new GobEncoder((bytes) => this.#chunks.push(bytes));
  #seq = 0;

  add(ServiceMethod: string, type: GobType = emptyStruct, value: unknown = {}): this {
    this.#encoder.encode(requestType, { ServiceMethod, Seq: this.#seq++ });
    this.#encoder.encode(type, value);
    return this;
  }

  /** The bytes since the last `take`. */
  take(): Buffer {
    return Buffer.concat(this.#chunks.splice(0));
  }
}

export interface Reply {
  readonly header: ResponseHeader;
  readonly body: unknown;
}

/** The replies in a server's stream, each body read as the type for its method (errors: the empty struct). */
export function repliesIn(bytes: Uint8Array, typeOf: (method: string) => GobType): Reply[] {
  const decoder = new GobDecoder();
  decoder.push(bytes);
  const replies: Reply[] = [];
  for (let next = decoder.decode(responseType); next !== undefined; next = decoder.decode(responseType)) {
    const header = next.value;
    const body = decoder.decode(header.Error === '' ? typeOf(header.ServiceMethod) : emptyStruct);
    if (body === undefined) break;
    replies.push({ header, body: body.value });
  }
  return replies;
}
