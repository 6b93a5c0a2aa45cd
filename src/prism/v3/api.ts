import type { z } from 'zod';
import type { HttpClient, JsonReply, Method } from '../http/index.js';
import { decode } from './schema.js';

const BASE = '/api/nutanix/v3/';

/** What every request needs besides its own content. */
export interface Attempt {
  /** What is attempted, on which entity; opens the text of every error. */
  readonly attempted: string;
  readonly signal: AbortSignal;
}

/** Typed requests on the v3 API; paths are relative to its base and already encoded. */
export class V3Api {
  readonly #http: HttpClient;
  #environment: string | undefined;
  #simulatedGuests: string | undefined;

  constructor(http: HttpClient) {
    this.#http = http;
  }

  /** What the last answer's X-Ntnx-Env said: `pc` for a Prism Central (reference 1.4). */
  get environment(): string | undefined {
    return this.#environment;
  }

  /** Which guests a simulator has, by its header X-Simulated-Guests; undefined = nothing says that it is one. */
  get simulatedGuests(): string | undefined {
    return this.#simulatedGuests;
  }

  /** For error texts: `host:port`. */
  get server(): string {
    return this.#http.server;
  }

  /** GET. */
  async get<T extends z.ZodType>(path: string, schema: T, attempt: Attempt): Promise<z.output<T>> {
    const reply = await this.#send('GET', path, undefined, true, attempt);
    return decode(schema, reply.json, attempt.attempted);
  }

  /** A POST that only reads. */
  async query<T extends z.ZodType>(
    path: string,
    body: unknown,
    schema: T,
    attempt: Attempt,
  ): Promise<z.output<T>> {
    const reply = await this.#send('POST', path, body, true, attempt);
    return decode(schema, reply.json, attempt.attempted);
  }

  /** A request that changes something and must not be sent twice by the transport. */
  async change<T extends z.ZodType>(
    method: 'POST' | 'PUT',
    path: string,
    body: unknown,
    schema: T,
    attempt: Attempt,
  ): Promise<z.output<T>> {
    const reply = await this.#send(method, path, body, false, attempt);
    return decode(schema, reply.json, attempt.attempted);
  }

  /** A change that may be made twice: pressing the same button again, reserving under the same identifier. */
  async repeatableChange<T extends z.ZodType>(
    path: string,
    body: unknown,
    schema: T,
    attempt: Attempt,
  ): Promise<z.output<T>> {
    const reply = await this.#send('POST', path, body, true, attempt);
    return decode(schema, reply.json, attempt.attempted);
  }

  async delete<T extends z.ZodType>(path: string, schema: T, attempt: Attempt): Promise<z.output<T>> {
    const reply = await this.#send('DELETE', path, undefined, true, attempt);
    return decode(schema, reply.json, attempt.attempted);
  }

  close(): void {
    this.#http.close();
  }

  async #send(
    method: Method,
    path: string,
    body: unknown,
    repeatable: boolean,
    { attempted, signal }: Attempt,
  ): Promise<JsonReply> {
    const reply = await this.#http.send({ method, path: BASE + path, body, repeatable, attempted, signal });
    this.#environment = reply.headers['x-ntnx-env']?.toLowerCase() ?? this.#environment;
    this.#simulatedGuests = reply.headers['x-simulated-guests'] ?? this.#simulatedGuests;
    return reply;
  }
}
