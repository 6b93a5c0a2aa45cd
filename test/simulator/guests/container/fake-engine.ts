import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { KEEPS_CONNECTIONS } from '../../../support/stand-still.js';

const labelsShape = z.record(z.string(), z.string());
const createShape = z.looseObject({ Labels: labelsShape.optional(), Name: z.string().optional() });

interface FakeContainer {
  readonly labels: Readonly<Record<string, string>>;
  readonly created: unknown;
  running: boolean;
  exitCode: number;
  readonly waiting: ServerResponse[];
}

/** As much of a Docker engine as container guests call, on a unix socket; containers end as systemd's would. */
export class FakeEngine {
  readonly dockerHost: string;
  readonly containers = new Map<string, FakeContainer>();
  readonly volumes = new Map<string, Readonly<Record<string, string>>>();
  readonly networks = new Map<string, Readonly<Record<string, string>>>();
  /** What was asked, e.g. `POST /containers/x/start`, reads left out. */
  readonly asked: string[] = [];
  hasImage = true;
  imageLabels: Readonly<Record<string, string>> | null = { 'prism-simulator.hardware': '2' };
  /** Answers instead of the engine for requests that it matches; undefined = the engine answers. */
  fault: ((request: string) => { readonly status: number; readonly message: string } | undefined) | undefined;
  /** Runs before the engine answers a request. */
  before: ((request: string) => Promise<void>) | undefined;
  readonly #folder = mkdtempSync(join(tmpdir(), 'fake-engine-'));
  readonly #server = createServer(
    KEEPS_CONNECTIONS,
    (request, response) => void this.#answer(request, response),
  );

  constructor() {
    this.dockerHost = `unix://${join(this.#folder, 'docker.sock')}`;
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(join(this.#folder, 'docker.sock'), resolve));
    return this;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Breaks every connection, as a restarted engine does. */
  hangUp(): void {
    this.#server.closeAllConnections();
  }

  /** The guest ends by itself. */
  end(name: string, exitCode: number): void {
    const container = this.containers.get(name);
    if (container?.running !== true) throw new Error(`${name} does not run`);
    container.running = false;
    container.exitCode = exitCode;
    for (const response of container.waiting.splice(0)) send(response, 200, { StatusCode: exitCode });
  }

  get only(): FakeContainer {
    const [container] = this.containers.values();
    if (container === undefined) throw new Error('there is no container');
    return container;
  }

  /** What is there, in any order. */
  left(): string[] {
    return [...this.containers.keys(), ...this.volumes.keys(), ...this.networks.keys()];
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk as Uint8Array));
    const url = new URL(request.url ?? '/', 'http://engine');
    const signal = url.searchParams.get('signal');
    const asked = `${request.method ?? ''} ${url.pathname}${signal === null ? '' : ` ${signal}`}`;
    const isRead = request.method === 'GET' || url.pathname.endsWith('/wait');
    if (!isRead) this.asked.push(asked);
    await this.before?.(asked);
    const fault = this.fault?.(asked);
    if (fault !== undefined) {
      send(response, fault.status, { message: fault.message });
      return;
    }
    const isJson = request.headers['content-type']?.includes('json') === true;
    const body: unknown = isJson && chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString()) : {};
    const answer = this.#route(request.method ?? '', url, body, response);
    if (answer !== undefined) send(response, ...answer);
  }

  #route(method: string, url: URL, body: unknown, response: ServerResponse): Answer | undefined {
    const [, kind = '', name = '', action = ''] = url.pathname.split('/');
    switch (kind) {
      case 'info':
        return answer(200, { NCPU: 4 });
      case 'images':
        return this.hasImage
          ? answer(200, { Config: { Labels: this.imageLabels } })
          : answer(404, { message: 'No such image' });
      case 'containers':
        return this.#container(method, url, { name, action }, body, response);
      case 'volumes':
        return this.#simple(this.volumes, method, url, name, body);
      default:
        return this.#simple(this.networks, method, url, name, body);
    }
  }

  #container(
    method: string,
    url: URL,
    { name, action }: { name: string; action: string },
    body: unknown,
    response: ServerResponse,
  ): Answer | undefined {
    if (name === 'json')
      return answer(
        200,
        this.#listed(url, this.containers, ({ labels }) => labels),
      );
    if (name === 'create') {
      const labels = createShape.parse(body).Labels ?? {};
      const id = url.searchParams.get('name') ?? '';
      this.containers.set(id, { labels, created: body, running: false, exitCode: 0, waiting: [] });
      return answer(201, { Id: id });
    }
    const container = this.containers.get(name);
    if (container === undefined) return answer(404, { message: `No such container: ${name}` });
    if (method === 'DELETE') {
      if (container.running) this.end(name, 137);
      this.containers.delete(name);
      return answer(204, undefined);
    }
    switch (action) {
      case 'start':
        container.running = true;
        return answer(204, undefined);
      case 'kill':
        if (!container.running) return answer(409, { message: `${name} is not running` });
        this.end(name, EXIT_CODES[url.searchParams.get('signal') ?? ''] ?? 137);
        return answer(204, undefined);
      case 'wait':
        if (container.running) container.waiting.push(response);
        else return answer(200, { StatusCode: container.exitCode });
        return undefined;
      case 'logs':
        return answer(200, 'last words');
      case 'json':
        return answer(200, { NetworkSettings: { Networks: this.#addresses() } });
      default:
        return answer(200, {});
    }
  }

  #simple(
    things: Map<string, Readonly<Record<string, string>>>,
    method: string,
    url: URL,
    name: string,
    body: unknown,
  ): Answer {
    if (method === 'GET' && (name === '' || name === 'json')) {
      const listed = this.#listed(url, things, (labels) => labels);
      return answer(200, url.pathname.startsWith('/volumes') ? { Volumes: listed } : listed);
    }
    if (name === 'create') {
      const { Labels: labels = {}, Name: id = '' } = createShape.parse(body);
      things.set(id, labels);
      return answer(201, { Id: id, Name: id });
    }
    if (!things.has(name)) return answer(404, { message: `no such thing: ${name}` });
    if (method === 'DELETE') {
      things.delete(name);
      return answer(204, undefined);
    }
    return answer(200, { IPAM: { Config: [{ Subnet: '10.9.0.0/24' }] } });
  }

  #addresses(): Record<string, { IPAddress: string }> {
    return Object.fromEntries([...this.networks.keys()].map((name) => [name, { IPAddress: '10.9.0.7' }]));
  }

  #listed<T>(
    url: URL,
    things: Map<string, T>,
    labelsOf: (thing: T) => Readonly<Record<string, string>>,
  ): unknown {
    const filters = z
      .object({ label: z.array(z.string()) })
      .parse(JSON.parse(url.searchParams.get('filters') ?? '{"label":[]}'));
    return [...things]
      .map(([id, thing]) => ({ Id: id, Name: id, Labels: labelsOf(thing) }))
      .filter(({ Labels: labels }) => filters.label.every((filter) => hasLabel(labels, filter)));
  }
}

/** How systemd in a container ends by these signals. */
const EXIT_CODES: Readonly<Record<string, number>> = { 'SIGRTMIN+4': 130, 'SIGRTMIN+5': 129 };

function hasLabel(labels: Readonly<Record<string, string>>, filter: string): boolean {
  const [key = '', value] = filter.split('=');
  return value === undefined ? key in labels : labels[key] === value;
}

/** Status and body. */
type Answer = readonly [status: number, body: unknown];

function answer(status: number, body: unknown): Answer {
  return [status, body];
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body));
}
