import { createServer, type Server } from 'node:net';
import type { Duplex } from 'node:stream';
import { ByteBudget, serveConnection, type ServeLimits, type RpcServices } from '../../netrpc/index.js';
import { GarbageLimit, type ConnectionEnds, type PeerUser } from '../../process/index.js';
import { limitTimer, type Clock, type Logger } from '../../support/index.js';
import { peerRefusal } from './admission.js';
import { ConnectionSlots } from './connection-slots.js';

/** A client's connection: a socket, or what stands for one. */
export interface ClientConnection extends Duplex, ConnectionEnds {
  /** Closes it when what was written has gone out. */
  destroySoon(): void;
  /** What opens a connection was answered by another process of this user. */
  readonly isOpened?: boolean | undefined;
  /** Another process of this user has let it in and answered it before. */
  readonly isAdmitted?: boolean | undefined;
}

export interface ConnectionsOptions {
  readonly services: RpcServices;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Told of every call before it runs. */
  readonly onCall: (serviceMethod: string) => void;
  readonly peerLookUp?: ((ends: ConnectionEnds) => PeerUser) | undefined;
  readonly admit?: typeof peerRefusal | undefined;
}

const MIB = 1024 * 1024;

/** How long a client may take to read the last replies, ms. */
const LAST_REPLIES = 200;

/** A client opens one connection; a second or third is a tool that looks on. */
const MOST_CONNECTIONS = 32;
/** Bytes of unanswered requests of all connections together: room for one of the largest arguments, and for many ordinary ones. */
const BUDGET = 8 * MIB;
/** Each byte that arrives is copied about three times on its way into a value. */
const GARBAGE = 8 * MIB;
/**
 * The largest argument is a config.json or the flags of a create, with user data in it: well below 1 MiB. A client
 * defines about ten types with thirty fields.
 */
const LIMITS: Partial<ServeLimits> = {
  maxPendingCalls: 64,
  gob: {
    maxMessageBytes: 4 * MIB,
    maxValueBytes: 4 * MIB,
    maxElements: 50_000,
    maxDepth: 1_000,
    maxTypes: 200,
    maxFields: 2_000,
    maxDefinitionBytes: 64 * 1024,
  },
};

/**
 * The plugin's listening socket and who is connected to it. Several clients share the one machine. What connections
 * can make the plugin hold is bounded for each of them and for all together.
 */
export class Connections {
  #server: Server | undefined;
  readonly #open = new Set<ClientConnection>();
  readonly #slots = new ConnectionSlots<ClientConnection>(MOST_CONNECTIONS);
  readonly #budget = new ByteBudget(BUDGET);
  readonly #garbage = new GarbageLimit(GARBAGE);
  #everOpen = false;
  #options: ConnectionsOptions | undefined;

  /** A client has connected. */
  receive(socket: ClientConnection): void {
    socket.on('error', () => socket.destroy());
    void this.#admit(socket);
  }

  /** Resolves with the address, such as `127.0.0.1:40123`. Connections wait until `serve` is called. */
  async listen(): Promise<string> {
    // A peer's bytes are not read before it has been let in. A client may close its side and still listen.
    const options = { allowHalfOpen: true, pauseOnConnect: true };
    const server = (this.#server = createServer(options, (socket) => this.receive(socket)));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    if (address === null || typeof address === 'string') throw new TypeError('no TCP address');
    return `${address.address}:${address.port}`;
  }

  /** To be called in the same turn of the event loop as `listen` resolved, before a client can be accepted. */
  serve(options: ConnectionsOptions): void {
    this.#options = options;
  }

  /** True when clients were here and all have closed their side: no client waits for an answer any more. */
  get abandoned(): boolean {
    return this.#everOpen && [...this.#open].every((socket) => socket.readableEnded);
  }

  /** Lets the last replies out and closes everything. */
  async close(): Promise<void> {
    this.#server?.close();
    const closed = [...this.#open].map(
      (socket) =>
        new Promise<void>((resolve) => {
          socket.once('close', () => resolve());
          socket.destroySoon();
        }),
    );
    if (closed.length === 0) return;
    let timer: ReturnType<typeof limitTimer> | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = limitTimer(LAST_REPLIES, resolve);
    });
    await Promise.race([Promise.all(closed), timeout]);
    timer?.clear();
    for (const socket of this.#open) socket.destroy();
  }

  async #admit(socket: ClientConnection): Promise<void> {
    const options = this.#options;
    if (options === undefined) {
      socket.destroy();
      return;
    }
    const { services, logger, clock, onCall, peerLookUp, admit = peerRefusal } = options;
    const refusal =
      socket.isAdmitted === true ? undefined : await admit(socket, clock, undefined, peerLookUp);
    if (refusal !== undefined) {
      logger.debug(`refused a connection from port ${String(socket.remotePort)}: ${refusal}`);
      socket.destroy();
      return;
    }
    if (!this.#makeRoom(socket, logger)) return;
    this.#everOpen = true;
    this.#open.add(socket);
    const budget = this.#budget;
    const onError = (error: Error): void => logger.debug(`connection: ${error.message}`);
    const called = (serviceMethod: string): void => {
      this.#slots.called(socket);
      onCall(serviceMethod);
    };
    const { isOpened } = socket;
    const serving = { isOpened, onCall: called, onError, budget, limits: LIMITS };
    const over = serveConnection(socket, services, serving);
    socket.on('data', ({ length }: Uint8Array) => this.#garbage.passed(length));
    socket.resume();
    await over;
    this.#open.delete(socket);
    this.#slots.remove(socket);
  }

  /** Whether there is room for it, made by ending another one if need be. */
  #makeRoom(socket: ClientConnection, logger: Logger): boolean {
    if (socket.destroyed) return false;
    const surplus = this.#slots.admit(socket);
    if (surplus === undefined) return true;
    logger.debug(
      `ended the connection from port ${String(surplus.remotePort)}: more than ${MOST_CONNECTIONS} are open, and ` +
        (surplus === socket ? 'all others make calls' : 'it has made no call'),
    );
    surplus.destroy();
    return surplus !== socket;
  }
}
