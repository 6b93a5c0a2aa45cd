import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { serveConnection, type ServeOptions, type RpcServices } from '../../src/netrpc/index.js';

export const OPENING = 'CONNECT /_goRPC_ HTTP/1.0\n\n';
export const OPENED = 'HTTP/1.0 200 Connected to Go RPC\n\n';

/** A server on a loopback port, and what became of its connections. */
export interface LoopbackServer {
  readonly port: number;
  /** Errors that connections reported. */
  readonly errors: Error[];
  /** One for each accepted connection; resolves when it is over. */
  readonly served: Promise<void>[];
  readonly sockets: Socket[];
  close(): Promise<void>;
}

export async function startServer(
  services: RpcServices,
  options: ServeOptions = {},
): Promise<LoopbackServer> {
  const errors: Error[] = [];
  const served: Promise<void>[] = [];
  return startListening(
    (socket) => {
      served.push(serveConnection(socket, services, { onError: (error) => errors.push(error), ...options }));
    },
    { errors, served },
  );
}

/** A server that says what a test tells it to. */
export async function startListening(
  accept: (socket: Socket) => void,
  record: Pick<LoopbackServer, 'errors' | 'served'> = { errors: [], served: [] },
): Promise<LoopbackServer> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    accept(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { ...record, sockets, port: portOf(server), close: () => closeAll(server, sockets) };
}

async function closeAll(server: Server, sockets: readonly Socket[]): Promise<void> {
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}

/** The other end of a connection, byte by byte. */
export class RawClient {
  #received = Buffer.alloc(0);
  #ended = false;
  #wake: () => void = () => undefined;

  private constructor(readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake();
    });
    const end = (): void => {
      this.#ended = true;
      this.#wake();
    };
    socket.on('end', end).on('close', end).on('error', end);
  }

  static async connect(port: number): Promise<RawClient> {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    await once(socket, 'connect');
    socket.setNoDelay(true);
    return new RawClient(socket);
  }

  /** Connects and opens RPC. */
  static async open(port: number): Promise<RawClient> {
    const client = await RawClient.connect(port);
    client.socket.write(OPENING);
    await client.until((bytes) => bytes.length >= OPENED.length);
    client.take();
    return client;
  }

  /** Waits for bytes that satisfy the test, or for the end. */
  async until(isEnough: (bytes: Buffer) => boolean): Promise<Buffer> {
    while (!this.#ended && !isEnough(this.#received)) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    return this.#received;
  }

  /** Everything up to the end of the stream. */
  untilEnd(): Promise<Buffer> {
    return this.until(() => false);
  }

  /** What was received so far, taken away. */
  take(): Buffer {
    const received = this.#received;
    this.#received = Buffer.alloc(0);
    return received;
  }
}

/** A promise that a test settles. */
export function deferred<T = void>(): {
  promise: Promise<T>;
  resolve: (value: T) => void;
  reject: (e: Error) => void;
} {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
