import { Agent } from 'node:http';
import type { AxiosResponse } from 'axios';
import { z } from 'zod';
import { OperationError } from '../../support/index.js';

/** Where an engine listens unless it was told otherwise. */
export const ENGINE_SOCKET = '/var/run/docker.sock';

/** The longest answer that is read, bytes: a list of thousands of containers has a few MiB. */
const LARGEST_ANSWER = 32 * 1024 * 1024;
/**
 * The longest time for an answer, ms. A start mounts the volumes of a container one after the other, each of them in up to
 * two minutes, and a question about that container is answered when the start is over.
 */
const ANSWER_LIMIT = 600_000;

const id = z.string().regex(/^[0-9a-f]{64}$/);
const mounts = z.array(z.looseObject({ Driver: z.string().optional() })).nullish();
const infoShape = z.looseObject({
  Plugins: z.looseObject({ Volume: z.array(z.string()).nullish() }),
});
const listedShape = z.looseObject({ Id: id, Mounts: mounts });
const containerShape = z.looseObject({
  Name: z.string(),
  State: z.looseObject({ Status: z.string(), Error: z.string() }),
  HostConfig: z.looseObject({ RestartPolicy: z.looseObject({ Name: z.string() }) }),
  Config: z.looseObject({ Labels: z.record(z.string(), z.string()).nullish() }),
  Mounts: mounts,
});
const refusalShape = z.looseObject({ message: z.string() });

/** A container as the engine describes it. */
export interface EngineContainer {
  /** Without the slash that the engine puts before it. */
  readonly name: string;
  /** `running`, `exited`, `created` … */
  readonly status: string;
  /** With what its last start failed; empty = it succeeded, or there was none. */
  readonly error: string;
  readonly restartPolicy: string;
  readonly labels: ReadonlySet<string>;
  /** The drivers of its volumes, of managed plugins with their tag: `nutanix:latest`. */
  readonly volumeDrivers: readonly string[];
}

/** The engine of this host by its socket. Each call rejects with `unreachable`, `timeout` or `unexpected-response`. */
export class EngineApi {
  readonly #socketPath: string;
  readonly #signal: AbortSignal;
  /** A connection for each call: one that is kept over a pause may be closed when the next call comes. */
  readonly #agent = new Agent({ keepAlive: false });

  constructor(socketPath: string, signal: AbortSignal) {
    this.#socketPath = socketPath;
    this.#signal = signal;
  }

  /** Asks for volumes, and so makes the engine look for plugins; the drivers that it knows then. */
  async volumeDrivers(): Promise<readonly string[]> {
    await this.#answer('GET', '/volumes', z.unknown());
    return (await this.#answer('GET', '/info', infoShape)).Plugins.Volume ?? [];
  }

  /** Containers that have ended, by their ids, with the drivers of their volumes; one that is not understood is left out. */
  async exited(): Promise<readonly { readonly id: string; readonly volumeDrivers: readonly string[] }[]> {
    const filters = encodeURIComponent(JSON.stringify({ status: ['exited'] }));
    const listed = await this.#answer('GET', `/containers/json?filters=${filters}`, z.array(z.unknown()));
    return listed.flatMap((one) => {
      const { data } = listedShape.safeParse(one);
      return data === undefined ? [] : [{ id: data.Id, volumeDrivers: driversOf(data.Mounts) }];
    });
  }

  /** undefined = there is no such container. */
  async container(id: string): Promise<EngineContainer | undefined> {
    const path = `/containers/${id}/json`;
    const response = await this.#exchange('GET', path);
    if (response.status === 404) return undefined;
    const found = this.#parsed('GET', path, response, containerShape);
    return {
      name: found.Name.replace(/^\//, ''),
      status: found.State.Status,
      error: found.State.Error,
      restartPolicy: found.HostConfig.RestartPolicy.Name,
      labels: new Set(Object.keys(found.Config.Labels ?? {})),
      volumeDrivers: driversOf(found.Mounts),
    };
  }

  /** Starts a container. undefined = it runs; otherwise why not, in the engine's words. */
  async start(id: string): Promise<string | undefined> {
    const { status, data } = await this.#exchange('POST', `/containers/${id}/start`);
    // 304: it runs already.
    if (status === 204 || status === 304) return undefined;
    return refusalShape.safeParse(data).data?.message ?? `status ${status}`;
  }

  async #answer<T>(method: 'GET', path: string, shape: z.ZodType<T>): Promise<T> {
    return this.#parsed(method, path, await this.#exchange(method, path), shape);
  }

  #parsed<T>(method: string, path: string, { status, data }: AxiosResponse<unknown>, shape: z.ZodType<T>): T {
    const parsed = status === 200 ? shape.safeParse(data) : undefined;
    if (parsed?.success === true) return parsed.data;
    const told = refusalShape.safeParse(data).data?.message;
    const problem =
      parsed === undefined ? `status ${status}: ${told ?? 'no message'}` : 'it is no answer of an engine';
    throw new OperationError({
      code: 'unexpected-response',
      attempted: this.#attempted(method, path),
      problem,
    });
  }

  async #exchange(method: 'GET' | 'POST', path: string): Promise<AxiosResponse<unknown>> {
    const { default: axios } = await import('axios');
    try {
      return await axios.request<unknown>({
        method,
        url: `http://localhost${path}`,
        socketPath: this.#socketPath,
        httpAgent: this.#agent,
        signal: this.#signal,
        timeout: ANSWER_LIMIT,
        maxContentLength: LARGEST_ANSWER,
        maxRedirects: 0,
        proxy: false,
        validateStatus: null,
      });
    } catch (error) {
      const code = axios.isAxiosError(error) && error.code === 'ECONNABORTED' ? 'timeout' : 'unreachable';
      throw OperationError.from(error, this.#attempted(method, path)).with({ code });
    }
  }

  #attempted(method: string, path: string): string {
    return `ask the engine at ${this.#socketPath} (${method} ${path.replace(/\?.*$/, '')})`;
  }
}

function driversOf(found: z.infer<typeof mounts>): readonly string[] {
  return (found ?? []).flatMap(({ Driver }) => Driver ?? []);
}
