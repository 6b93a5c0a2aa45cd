import { chmodSync, chownSync, readFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { LONGEST_SOCKET_PATH } from '../process/index.js';
import { hasSystemCode, invalidInput, OperationError } from '../support/index.js';
import type { HostRequest, PluginAddress } from './handshake.js';

const LOOPBACK = '127.0.0.1';
/** A host has one connection. It is more than one only while a broken one is replaced. */
const MOST_CONNECTIONS = 32;
const TCP_PORTS = 'PLUGIN_MIN_PORT to PLUGIN_MAX_PORT';

/**
 * The socket at which a plugin is reached. It listens before anything that speaks gRPC is loaded: connections wait, and
 * what they sent, until `serve` is called.
 */
export class PluginListener {
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  readonly #waiting: Duplex[] = [];
  #take: ((connection: Duplex) => void) | undefined;

  /** `server`: makes what listens, and hands over its connections when they can be read. */
  constructor(server: (receive: (connection: Duplex) => void) => Server = createServer) {
    this.#server = server((connection) => this.#receive(connection));
    this.#server.maxConnections = MOST_CONNECTIONS;
    this.#server.on('connection', (socket: Socket) => this.#count(socket));
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

  /** Hands over the connections that are there, and each that comes. */
  serve(take: (connection: Duplex) => void): void {
    this.#take = take;
    for (const connection of this.#waiting.splice(0)) take(connection);
  }

  /** Takes no more connections, ends those that are there, and with the server its socket is gone. */
  close(): void {
    this.#server.close();
    for (const socket of this.#open) socket.destroy();
  }

  async #listenAtPath({ socketFolder = tmpdir(), socketGroup }: HostRequest): Promise<PluginAddress> {
    const path = join(socketFolder, `plugin${process.pid}${Math.random().toString(36).slice(1)}`);
    const attempted = `listen at ${path}`;
    if (Buffer.byteLength(path) > LONGEST_SOCKET_PATH) {
      const problem = `the path of a socket has at most ${LONGEST_SOCKET_PATH} bytes, and this has ${Buffer.byteLength(path)}`;
      throw invalidInput(attempted, problem, 'Set TMPDIR to a folder with a shorter path.');
    }
    const group = socketGroup === undefined ? undefined : groupNumber(socketGroup);
    // No other user may connect from the first moment on. The socket is made before `listen` returns.
    const mask = process.umask(0o177);
    try {
      const listening = this.#listening(attempted, () => this.#server.listen(path));
      process.umask(mask);
      await listening;
      if (group !== undefined) {
        chownSync(path, process.getuid?.() ?? -1, group);
        chmodSync(path, 0o660);
      }
    } catch (thrown) {
      this.close();
      if (thrown instanceof OperationError) throw thrown;
      throw OperationError.from(thrown, attempted).with({ code: 'invalid-input' });
    } finally {
      process.umask(mask);
    }
    return { network: 'unix', address: path };
  }

  async #listenAtPort({ ports: { first, last } }: HostRequest): Promise<PluginAddress> {
    for (let port = first; port <= last; port += 1) {
      const attempted = `listen at ${LOOPBACK}:${port}`;
      try {
        await this.#listening(attempted, () => this.#server.listen(port, LOOPBACK));
      } catch (thrown) {
        const { cause } = OperationError.from(thrown, attempted);
        if (hasSystemCode(cause, 'EADDRINUSE', 'EACCES')) continue;
        throw thrown;
      }
      const bound = this.#server.address();
      const number = bound === null || typeof bound === 'string' ? port : bound.port;
      return { network: 'tcp', address: `${LOOPBACK}:${number}` };
    }
    const problem = `none of the ports ${first} to ${last} of ${LOOPBACK} is free`;
    throw invalidInput('listen for the host of this plugin', problem, `The host says ${TCP_PORTS}.`);
  }

  async #listening(attempted: string, listen: () => void): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const onError = (error: Error): void => {
        this.#server.off('listening', onListening);
        const code = hasSystemCode(error, 'ENOENT', 'EACCES', 'ENOTDIR', 'EROFS')
          ? 'invalid-input'
          : 'internal';
        reject(OperationError.from(error, attempted).with({ code }));
      };
      const onListening = (): void => {
        this.#server.off('error', onError);
        resolve();
      };
      this.#server.once('error', onError);
      this.#server.once('listening', onListening);
      listen();
    });
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

/** The number of a group by its name, as far as this computer's own file knows it. */
function groupNumber(group: string): number {
  if (/^\d+$/.test(group)) return Number(group);
  const attempted = `give the plugin's socket to the group ${JSON.stringify(group)}`;
  const entries = readFileSync('/etc/group', 'utf8').split('\n');
  const [, , number = ''] = entries.map((line) => line.split(':')).find(([name]) => name === group) ?? [];
  if (/^\d+$/.test(number)) return Number(number);
  throw invalidInput(attempted, 'there is no such group in /etc/group', 'Give its number instead.');
}
