import type { z } from 'zod';
import type { HttpClient } from '../http/index.js';
import { decode, type Attempt } from '../shared/index.js';

const BASE = '/api/nutanix/v3/';

export interface ApiRequest<T extends z.ZodType> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Relative to the API's base, and already encoded. */
  readonly path: string;
  readonly body?: unknown;
  /** What the answer has to look like. */
  readonly answer: T;
  /**
   * May be sent twice by the transport: a POST that only reads, presses the same button again or reserves under the
   * same identifier. Absent = true for GET and DELETE, false for POST and PUT.
   */
  readonly repeatable?: boolean | undefined;
}

/** Typed requests on the v3 API. */
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

  async send<T extends z.ZodType>(request: ApiRequest<T>, attempt: Attempt): Promise<z.output<T>> {
    const { method, path, body, answer, repeatable = method === 'GET' || method === 'DELETE' } = request;
    const { attempted, signal } = attempt;
    const reply = await this.#http.send({ method, path: BASE + path, body, repeatable, attempted, signal });
    this.#environment = reply.headers['x-ntnx-env']?.toLowerCase() ?? this.#environment;
    this.#simulatedGuests = reply.headers['x-simulated-guests'] ?? this.#simulatedGuests;
    return decode(answer, reply.json, attempted);
  }

  close(): void {
    this.#http.close();
  }
}
