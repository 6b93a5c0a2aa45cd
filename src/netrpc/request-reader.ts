import { GobError, type GobDecoder } from '../gob/index.js';
import { requestType, type RequestHeader } from './headers.js';
import { findMethod, type BeginCall, type RpcServices } from './methods.js';

/** A request that was read whole: to be run, or to be answered with an error at once. */
export type Incoming = { readonly request: RequestHeader; readonly bytes: number } & (
  { readonly begin: BeginCall } | { readonly error: string }
);

/** Reads requests, each a header and an argument, from the client's gob stream. */
export class RequestReader {
  readonly #decoder: GobDecoder;
  readonly #services: RpcServices;
  /** A header whose argument has not arrived yet. */
  #request: RequestHeader | undefined;
  /** Bytes of all requests before. */
  #read = 0;

  constructor(decoder: GobDecoder, services: RpcServices) {
    this.#decoder = decoder;
    this.#services = services;
  }

  /**
   * The next request; undefined if it has not arrived whole.
   *
   * @throws GobError if its header cannot be read: then nothing is known of what follows
   */
  next(): Incoming | undefined {
    this.#request ??= this.#decoder.decode(requestType)?.value;
    if (this.#request === undefined) return undefined;
    const body = this.#body(this.#request);
    if (body === undefined) return undefined;
    const incoming = { request: this.#request, bytes: this.#decoder.read - this.#read, ...body };
    this.#request = undefined;
    this.#read = this.#decoder.read;
    return incoming;
  }

  /** @throws GobError if the stream stopped in the middle of a request */
  end(): void {
    this.#decoder.end();
    if (this.#request !== undefined)
      throw new GobError('framing', `no argument for ${this.#request.ServiceMethod}`);
  }

  /** The argument is read in any case, so that the next header is found behind it. */
  #body(request: RequestHeader): { readonly begin: BeginCall } | { readonly error: string } | undefined {
    const method = findMethod(this.#services, request.ServiceMethod);
    try {
      if (typeof method === 'string') return this.#decoder.skip() ? { error: method } : undefined;
      const begin = method.readCall(this.#decoder);
      return begin && { begin };
    } catch (error) {
      if (!(error instanceof GobError)) throw error;
      return { error: typeof method === 'string' ? method : error.message };
    }
  }
}
