import { request } from 'node:https';
import type { Simulator } from '../../src/simulator/index.js';

export interface Response {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Parsed JSON, the text where it is none, undefined where there is nothing. */
  readonly body: unknown;
}

export interface CallOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** false = no credentials. */
  readonly signIn?: boolean;
  readonly signal?: AbortSignal;
}

const OVER = ['SUCCEEDED', 'FAILED', 'ABORTED'];

/** A plain HTTPS client of the tests' own: what it sends is what the test says. */
export class ApiClient {
  readonly #simulator: Simulator;

  constructor(simulator: Simulator) {
    this.#simulator = simulator;
  }

  get authorization(): string {
    const { username, password } = this.#simulator;
    return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  }

  /** A call below the API's base path; `body` is sent as JSON, a Buffer as it is. */
  call(method: string, path: string, body?: unknown, options: CallOptions = {}): Promise<Response> {
    return this.absolute(method, `/api/nutanix/v3${path}`, body, options);
  }

  absolute(method: string, path: string, body?: unknown, options: CallOptions = {}): Promise<Response> {
    const { host, port, certificatePem } = this.#simulator;
    const payload = body === undefined || body instanceof Buffer ? body : JSON.stringify(body);
    const headers = {
      ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
      ...(options.signIn === false ? {} : { authorization: this.authorization }),
      ...options.headers,
    };
    const { signal } = options;
    return new Promise((resolve, reject) => {
      const call = request(
        {
          host,
          port,
          method,
          path,
          ca: certificatePem,
          headers,
          // Else the certificate would have to be for the name in the header.
          ...('host' in headers ? { servername: 'localhost' } : {}),
          ...(signal === undefined ? {} : { signal }),
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString();
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body: parsed(text) });
          });
        },
      );
      call.on('error', reject);
      call.end(payload);
    });
  }

  /** The task when it is over. */
  async task(uuid: string): Promise<Record<string, unknown>> {
    for (;;) {
      const { body } = await this.call('GET', `/tasks/${uuid}`);
      if (OVER.includes(String(at(body, 'status')))) return objectOf(body);
    }
  }

  /** Does what starts a task, and gives the task when it is over. */
  async work(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const answer = await this.call(method, path, body);
    const flat = at(answer.body, 'task_uuid');
    const uuid = flat ?? at(answer.body, 'status', 'execution_context', 'task_uuid');
    if (answer.status !== 202 || typeof uuid !== 'string') {
      throw new Error(`${method} ${path}: ${String(answer.status)} ${JSON.stringify(answer.body)}`);
    }
    return this.task(uuid);
  }
}

/** The value at a path of field names and indices; undefined where there is none. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((inner, key) => (isObject(inner) ? inner[key] : undefined), value);
}

export function objectOf(value: unknown): Record<string, unknown> {
  if (!isObject(value)) throw new Error(`not an object: ${JSON.stringify(value)}`);
  return value;
}

export function listOf(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new Error(`not a list: ${JSON.stringify(value)}`);
  return value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function parsed(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
