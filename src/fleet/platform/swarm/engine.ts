import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { z } from 'zod';
import { OperationError, type ErrorCode } from '../../../support/index.js';

/** Parts of the Engine API's answers (version 1.41, Docker 20.10, and later) that are used here. */
export const infoShape = z.looseObject({
  ServerVersion: z.string().default(''),
  Swarm: z
    .looseObject({
      NodeID: z.string().default(''),
      LocalNodeState: z.string().default('inactive'),
      ControlAvailable: z.boolean().default(false),
    })
    .default({ NodeID: '', LocalNodeState: 'inactive', ControlAvailable: false }),
});
export type Info = z.infer<typeof infoShape>;

export const swarmShape = z.looseObject({
  ID: z.string(),
  JoinTokens: z.looseObject({ Manager: z.string(), Worker: z.string() }),
});
export type Swarm = z.infer<typeof swarmShape>;

const specShape = z.looseObject({
  Role: z.enum(['manager', 'worker']),
  Availability: z.enum(['active', 'pause', 'drain']),
  Labels: z.record(z.string(), z.string()).nullish(),
});
export const nodeShape = z.looseObject({
  ID: z.string(),
  Version: z.looseObject({ Index: z.number() }),
  Spec: specShape,
  Description: z.looseObject({ Hostname: z.string().default('') }).default({ Hostname: '' }),
  Status: z.looseObject({ State: z.string().default('unknown'), Addr: z.string().default('') }),
  ManagerStatus: z
    .looseObject({
      Leader: z.boolean().default(false),
      Reachability: z.string().default(''),
      Addr: z.string().default(''),
    })
    .nullish(),
});
export const nodesShape = z.array(nodeShape);
export type SwarmNode = z.infer<typeof nodeShape>;

export const servicesShape = z.array(z.looseObject({ ID: z.string() }));

export interface EngineAccess {
  /** Name of the machine, for messages. */
  readonly host: string;
  /** tcp://ADDRESS:PORT, as the client gives it. */
  readonly url: string;
  /** Folder with ca.pem, cert.pem and key.pem. */
  readonly certificates: string;
}

/** Bytes; an engine's answers here are lists of a few nodes and services. */
const LARGEST = 16 * 1024 * 1024;
/** Joining a swarm takes an engine up to 20 s before it gives up. */
const LIMIT = 60_000;

const problemShape = z.looseObject({ message: z.string() });

/** One Docker engine through its API over TLS, with the client's certificate. */
export class EngineClient {
  readonly #tls: { readonly ca: Buffer; readonly cert: Buffer; readonly key: Buffer };

  private constructor(
    readonly access: EngineAccess,
    tls: { ca: Buffer; cert: Buffer; key: Buffer },
  ) {
    this.#tls = tls;
  }

  static async open(access: EngineAccess): Promise<EngineClient> {
    const read = (file: string): Promise<Buffer> => readFile(join(access.certificates, file));
    try {
      const [ca, cert, key] = await Promise.all([read('ca.pem'), read('cert.pem'), read('key.pem')]);
      return new EngineClient(access, { ca, cert, key });
    } catch (error) {
      throw failure('not-found', `read the certificates of ${access.host}`, error);
    }
  }

  get host(): string {
    return this.access.host;
  }

  get<T>(path: string, shape: z.ZodType<T>, attempted: string, signal: AbortSignal): Promise<T> {
    return this.#call('GET', path, undefined, attempted, signal).then((text) => {
      const parsed = shape.safeParse(jsonOf(text));
      if (parsed.success) return parsed.data;
      throw failure('unexpected-response', `${attempted} (engine of ${this.host})`, parsed.error);
    });
  }

  async post(path: string, body: object | undefined, attempted: string, signal: AbortSignal): Promise<void> {
    await this.#call('POST', path, body, attempted, signal);
  }

  async delete(path: string, attempted: string, signal: AbortSignal): Promise<void> {
    await this.#call('DELETE', path, undefined, attempted, signal);
  }

  #call(
    method: string,
    path: string,
    body: object | undefined,
    attempted: string,
    signal: AbortSignal,
  ): Promise<string> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers =
      text === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
    const { hostname, port } = new URL(this.access.url.replace(/^tcp:/, 'https:'));
    const what = `${attempted} (engine of ${this.host})`;
    const limited = AbortSignal.any([signal, AbortSignal.timeout(LIMIT)]);
    return new Promise((resolve, reject) => {
      const options = {
        ...this.#tls,
        method,
        path,
        headers,
        agent: false,
        signal: limited,
        port: port === '' ? 2376 : Number(port),
      };
      const call = request({ ...options, host: hostname.replace(/^\[|\]$/g, '') }, (response) => {
        let answer = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => {
          answer += part;
          if (answer.length > LARGEST) call.destroy(new Error('the answer is too long'));
        });
        response.on('error', (error) => reject(failure('unreachable', what, error)));
        response.on('end', () => {
          const { statusCode = 0 } = response;
          if (statusCode >= 200 && statusCode < 300) resolve(answer);
          else reject(refusal(statusCode, answer, what));
        });
      });
      call.on('error', (error) => reject(failure(signal.aborted ? 'cancelled' : 'unreachable', what, error)));
      call.end(text);
    });
  }
}

function refusal(status: number, answer: string, attempted: string): OperationError {
  const parsed = problemShape.safeParse(jsonOf(answer));
  const problem = `${parsed.success ? parsed.data.message : 'no reason given'} (HTTP ${status})`;
  const code =
    status === 404 ? 'not-found' : status === 503 || status === 500 ? 'unavailable' : 'task-failed';
  return new OperationError({ code, attempted, problem });
}

function failure(code: ErrorCode, attempted: string, cause: unknown): OperationError {
  const problem = cause instanceof Error ? cause.message : String(cause);
  return new OperationError({ code, attempted, problem, cause });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
