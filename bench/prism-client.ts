import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:https';
import type { SimulatorProcess } from './simulator-process.js';

const CONNECTIONS = 64;
const ANSWER_MS = 30_000;

export interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/** The least that can ask a Prism Central: Basic, kept connections, JSON. */
export class PrismClient {
  readonly #agent: Agent;
  readonly #base: { readonly host: string; readonly port: string; readonly auth: string };

  constructor({ env, certificatePem }: SimulatorProcess) {
    const variable = (name: string): string => env[name] ?? '';
    this.#agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS, ca: certificatePem });
    this.#base = {
      host: variable('NUTANIX_ENDPOINT'),
      port: variable('NUTANIX_PORT'),
      auth: `${variable('NUTANIX_USERNAME')}:${variable('NUTANIX_PASSWORD')}`,
    };
  }

  /** One exchange, below /api/nutanix/v3 unless the path begins with /api/ or /simulator/. Rejects when the connection fails or the answer is no JSON. */
  ask(method: string, path: string, body?: unknown): Promise<Reply> {
    const text = body === undefined ? '' : JSON.stringify(body);
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      'ntnx-request-id': randomUUID(),
    };
    const whole = /^\/(?:api|simulator)\//.test(path) ? path : `/api/nutanix/v3${path}`;
    const where = { ...this.#base, agent: this.#agent, method, path: whole };
    return new Promise((resolve, reject) => {
      const call = request({ ...where, headers, timeout: ANSWER_MS }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          try {
            const parsed: unknown = JSON.parse(Buffer.concat(chunks).toString());
            resolve({ status: response.statusCode ?? 0, body: parsed });
          } catch (error) {
            reject(new Error(`${method} ${path}: answer is no JSON`, { cause: error }));
          }
        });
      });
      call.on('timeout', () => call.destroy(new Error(`${method} ${path}: no answer in time`)));
      call.on('error', reject);
      call.end(text);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** What is at a path in an answer; undefined when it is not there. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (found, key) => (typeof found === 'object' && found !== null ? Reflect.get(found, key) : undefined),
    value,
  );
}
