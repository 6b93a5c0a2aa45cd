import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { KEEPS_CONNECTIONS } from '../../support/stand-still.js';

/** A container of the engine below. */
export interface Served {
  readonly id: string;
  readonly name: string;
  status: string;
  error: string;
  policy: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly drivers: readonly string[];
}

/** What a start does: the error with which it fails, undefined when it succeeds. */
type OnStart = (container: Served, attempt: number) => string | undefined | Promise<string | undefined>;

/** The part of Docker's API that starts containers, on a socket: containers in memory, starts as a test wants them. */
export class ServedEngine {
  readonly containers = new Map<string, Served>();
  /** Names, in the order in which starts came. */
  readonly starts: string[] = [];
  /** Answers instead of the engine when it returns true. */
  instead: (request: IncomingMessage, response: ServerResponse) => boolean = () => false;
  onStart: OnStart = () => undefined;
  underWay = 0;
  mostUnderWay = 0;
  #server: Server | undefined;

  constructor(readonly socket: string) {}

  async open(): Promise<void> {
    this.#server = createServer(KEEPS_CONNECTIONS, (request, response) => {
      if (!this.instead(request, response)) void this.#answer(request, response);
    }).listen(this.socket);
    await once(this.#server, 'listening');
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server?.close(resolve));
    this.#server?.closeAllConnections();
    await closed;
    rmSync(this.socket, { force: true });
  }

  add(name: string, changes: Partial<Served> = {}): Served {
    const id = (this.containers.size + 1).toString(16).padStart(64, 'c');
    const left = { status: 'exited', error: MOUNT_ERROR, policy: 'always', labels: {}, drivers: ['nutanix'] };
    const container = { ...left, ...changes, id, name };
    this.containers.set(id, container);
    return container;
  }

  async #answer({ url = '', method }: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('content-type', 'application/json');
    const { pathname, searchParams } = new URL(url, 'http://engine');
    if (pathname === '/containers/json') {
      const filters: unknown = JSON.parse(searchParams.get('filters') ?? '{}');
      const { status } = filters as { readonly status: readonly string[] };
      const listed = [...this.containers.values()].filter((one) => status.includes(one.status));
      return void response.end(
        JSON.stringify(listed.map(({ id, drivers }) => ({ Id: id, ...mounts(drivers) }))),
      );
    }
    const [, , id = '', verb] = pathname.split('/');
    const container = this.containers.get(id);
    if (container === undefined) return void response.writeHead(404).end('{"message":"No such container"}');
    if (method === 'POST' && verb === 'start') {
      await this.#start(container, response);
      return;
    }
    response.end(JSON.stringify(described(container)));
  }

  async #start(container: Served, response: ServerResponse): Promise<void> {
    this.starts.push(container.name);
    this.underWay += 1;
    this.mostUnderWay = Math.max(this.mostUnderWay, this.underWay);
    const attempt = this.starts.filter((name) => name === container.name).length;
    const error = await this.onStart(container, attempt);
    this.underWay -= 1;
    container.error = error ?? '';
    if (error !== undefined) return void response.writeHead(500).end(JSON.stringify({ message: error }));
    container.status = 'running';
    response.writeHead(204).end();
  }
}

/** As engines word it (20.10.24, 28.5.2). */
export const MOUNT_ERROR =
  'error while mounting volume \'\': VolumeDriver.Mount: mount volume "db" failed: Prism Central does not answer';

function mounts(drivers: readonly string[]): object {
  return { Mounts: drivers.map((driver) => ({ Type: 'volume', Name: 'db', Source: '', Driver: driver })) };
}

function described({ id, name, status, error, policy, labels, drivers }: Served): object {
  return {
    Id: id,
    Name: `/${name}`,
    State: { Status: status, Error: error, ExitCode: 137 },
    HostConfig: { RestartPolicy: { Name: policy, MaximumRetryCount: 0 } },
    Config: { Labels: labels },
    ...mounts(drivers),
  };
}
