import { chmodSync, chownSync, closeSync, readFileSync, rmSync } from 'node:fs';
import type { Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { listeningSocket, LONGEST_SOCKET_PATH } from '../process/index.js';
import { hasSystemCode, invalidInput, OperationError } from '../support/index.js';
import type { HostRequest, PluginAddress } from './handshake.js';

const LOOPBACK = '127.0.0.1';
/** A host has one connection. It is more than one only while a broken one is replaced. */
const MOST_CONNECTIONS = 32;
const TCP_PORTS = 'PLUGIN_MIN_PORT to PLUGIN_MAX_PORT';

/** Makes what listens, and hands over its connections when they can be read. */
type MakeServer = (receive: (connection: Duplex) => void) => Server;

/** A socket that listens, and is no server's yet. */
interface ListeningSocket {
  readonly descriptor: number;
  readonly path: string;
}

/**
 * The socket at which a plugin is reached. It listens before anything that speaks gRPC is loaded, and where it can before
 * node:net is: connections wait, and what they sent, until `serve` is called.
 */
export class PluginListener {
  readonly #makeServer: MakeServer | undefined;
  #server: Server | undefined;
  #early: ListeningSocket | undefined;
  readonly #open = new Set<Socket>();
  readonly #waiting: Duplex[] = [];
  #take: ((connection: Duplex) => void) | undefined;

  /** `makeServer`: a server that encrypts; without it, connections are plain. */
  constructor(makeServer?: MakeServer) {
    this.#makeServer = makeServer;
  }

  /** How many connections there are. */
  get connections(): number {
    return this.#open.size;
  }

  /**
   * Listens at a socket in a file, which only this user may use (and the group that the host names), or at a port of
   * the loopback address. Rejects with `invalid-input` for a folder, group or ports that do not do.
   */
  async listen(request: HostRequest, network: PluginAddress['network']): Promise<PluginAddress> {
    return network === 'unix' ? await this.#listenAtPath(request) : await this.#listenAtPort(request);
  }

  /** Takes connections from now on, and those that have come since `listen`. */
  async accept(): Promise<void> {
    if (this.#early === undefined) return;
    const { descriptor, path } = this.#early;
    const server = await this.#makeOne();
    await listening(server, `accept connections at ${path}`, () => server.listen({ fd: descriptor }));
  }

  /** Hands over the connections that are there, and each that comes. */
  serve(take: (connection: Duplex) => void): void {
    this.#take = take;
    for (const connection of this.#waiting.splice(0)) take(connection);
  }

  /** Takes no more connections, ends those that are there, and with the server its socket is gone. */
  close(): void {
    this.#server?.close();
    if (this.#early !== undefined) {
      // A server knows no path of a descriptor that it was given.
      if (this.#server === undefined) closeSync(this.#early.descriptor);
      rmSync(this.#early.path, { force: true });
      this.#early = undefined;
    }
    for (const socket of this.#open) socket.destroy();
  }

  async #makeOne(): Promise<Server> {
    const make = this.#makeServer ?? (await import('node:net')).createServer;
    const server = make((connection) => this.#receive(connection));
    server.maxConnections = MOST_CONNECTIONS;
    server.on('connection', (socket: Socket) => this.#count(socket));
    this.#server = server;
    return server;
  }

  async #listenAtPath({ socketFolder = tmpdir(), socketGroup }: HostRequest): Promise<PluginAddress> {
    const path = join(socketFolder, `plugin${process.pid}${Math.random().toString(36).slice(1)}`);
    const attempted = `listen at ${path}`;
    if (Buffer.byteLength(path) > LONGEST_SOCKET_PATH) {
      const problem = `the path of a socket has at most ${LONGEST_SOCKET_PATH} bytes, and this has ${Buffer.byteLength(path)}`;
      throw invalidInput(attempted, problem, 'Set TMPDIR to a folder with a shorter path.');
    }
    const group = socketGroup === undefined ? undefined : groupNumber(socketGroup);
    try {
      const descriptor =
        this.#makeServer === undefined ? asOwnerAlone(() => listeningSocket(path)) : undefined;
      if (descriptor === undefined) {
        const server = await this.#makeOne();
        await asOwnerAlone(async () => await listening(server, attempted, () => server.listen(path)));
      } else this.#early = { descriptor, path };
      if (group !== undefined) {
        chownSync(path, process.getuid?.() ?? -1, group);
        chmodSync(path, 0o660);
      }
    } catch (thrown) {
      this.close();
      if (thrown instanceof OperationError) throw thrown;
      throw OperationError.from(thrown, attempted).with({ code: 'invalid-input' });
    }
    return { network: 'unix', address: path };
  }

  async #listenAtPort({ ports: { first, last } }: HostRequest): Promise<PluginAddress> {
    const server = await this.#makeOne();
    for (let port = first; port <= last; port += 1) {
      const attempted = `listen at ${LOOPBACK}:${port}`;
      try {
        await listening(server, attempted, () => server.listen(port, LOOPBACK));
      } catch (thrown) {
        const { cause } = OperationError.from(thrown, attempted);
        if (hasSystemCode(cause, 'EADDRINUSE', 'EACCES')) continue;
        throw thrown;
      }
      const bound = server.address();
      const number = bound === null || typeof bound === 'string' ? port : bound.port;
      return { network: 'tcp', address: `${LOOPBACK}:${number}` };
    }
    const problem = `none of the ports ${first} to ${last} of ${LOOPBACK} is free`;
    throw invalidInput('listen for the host of this plugin', problem, `The host says ${TCP_PORTS}.`);
  }

  #count(socket: Socket): void {
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
  }

  #receive(connection: Duplex): void {
    // What breaks a connection is told to those who wait for an answer there.
    connection.on('error', () => connection.destroy());
    if (this.#take === undefined) this.#waiting.push(connection);
    else this.#take(connection);
  }
}

/** What is made meanwhile is for this user alone, from the first moment on; `make` makes it before it returns. */
function asOwnerAlone<T>(make: () => T): T {
  const mask = process.umask(0o177);
  try {
    return make();
  } finally {
    process.umask(mask);
  }
}

/** Resolves when `listen` has made the server listen. */
async function listening(server: Server, attempted: string, listen: () => void): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const onError = (error: Error): void => {
      server.off('listening', onListening);
      const isRefused = hasSystemCode(error, 'ENOENT', 'EACCES', 'ENOTDIR', 'EROFS');
      reject(OperationError.from(error, attempted).with({ code: isRefused ? 'invalid-input' : 'internal' }));
    };
    const onListening = (): void => {
      server.off('error', onError);
      resolve();
    };
    server.once('error', onError);
    server.once('listening', onListening);
    listen();
  });
}

/** The number of a group by its name, as far as this computer's own file knows it. */
function groupNumber(group: string): number {
  if (/^\d+$/.test(group)) return Number(group);
  const attempted = `give the plugin's socket to the group ${JSON.stringify(group)}`;
  const entries = readFileSync('/etc/group', 'utf8').split('\n');
  const [, , number = ''] = entries.map((line) => line.split(':')).find(([name]) => name === group) ?? [];
  if (/^\d+$/.test(number)) return Number(number);
  throw invalidInput(attempted, 'there is no such group in /etc/group', 'Give its number instead.');
}
