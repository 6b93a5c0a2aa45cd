import { randomUUID } from 'node:crypto';
import { at, objectOf, type ApiClient, type Response } from '../api-client.js';

type Json = Record<string, unknown>;

/** Of pc.7.6. */
const NEWEST = { vmm: 'v4.3', prism: 'v4.4' };
const FINAL = ['SUCCEEDED', 'FAILED', 'CANCELED'];

/** Calls of API v4 as clients make them: each change with a request id of its own, and with the ETag where one is given. */
export class V4Client {
  readonly #api: ApiClient;
  readonly #vms: string;
  readonly #tasks: string;

  constructor(api: ApiClient, versions: Readonly<Record<'vmm' | 'prism', string>> = NEWEST) {
    this.#api = api;
    this.#vms = `/api/vmm/${versions.vmm}/ahv/config/vms`;
    this.#tasks = `/api/prism/${versions.prism}/config/tasks`;
  }

  /** The same server through API v3. */
  get older(): ApiClient {
    return this.#api;
  }

  get(path: string): Promise<Response> {
    return this.#api.absolute('GET', path);
  }

  change(
    method: string,
    path: string,
    body?: unknown,
    { tag, id = randomUUID() }: { readonly tag?: string; readonly id?: string } = {},
  ): Promise<Response> {
    const headers = { 'NTNX-Request-Id': id, ...(tag === undefined ? {} : { 'If-Match': tag }) };
    return this.#api.absolute(method, path, body, { headers });
  }

  /** The `data` of a task when it is over. */
  async task(extId: string): Promise<Json> {
    for (;;) {
      const { status, body } = await this.get(`${this.#tasks}/${extId}`);
      if (status !== 200) throw new Error(`task ${extId}: ${String(status)} ${JSON.stringify(body)}`);
      const data = objectOf(at(body, 'data'));
      if (FINAL.includes(String(data['status']))) return data;
    }
  }

  /** Does what starts a task, and gives the task when it is over. */
  async work(method: string, path: string, body?: unknown, tag?: string): Promise<Json> {
    const answer = await this.change(method, path, body, tag === undefined ? {} : { tag });
    const extId = at(answer.body, 'data', 'extId');
    if (answer.status !== 202 || typeof extId !== 'string') {
      throw new Error(`${method} ${path}: ${String(answer.status)} ${JSON.stringify(answer.body)}`);
    }
    return this.task(extId);
  }

  /** The same on a VM with the ETag of now; `below`: e.g. `/$actions/power-on`. */
  async workOnVm(method: string, extId: string, below: string, body?: unknown): Promise<Json> {
    return this.work(method, `${this.#vms}/${extId}${below}`, body, await this.tag(extId));
  }

  async vm(extId: string): Promise<Json> {
    return objectOf(at((await this.get(`${this.#vms}/${extId}`)).body, 'data'));
  }

  async tag(extId: string): Promise<string> {
    return String((await this.get(`${this.#vms}/${extId}`)).headers['etag']);
  }

  /** Makes a VM; its id. */
  async made(body: unknown): Promise<string> {
    const task = await this.work('POST', this.#vms, body);
    if (task['status'] !== 'SUCCEEDED') throw new Error(JSON.stringify(task));
    return vmOf(task);
  }
}

/** The VM that a task is about. */
export function vmOf(task: Json): string {
  return String(at(task, 'entitiesAffected', 0, 'extId'));
}
