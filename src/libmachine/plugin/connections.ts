import { createServer, type Server, type Socket } from 'node:net';
import { serveConnection, type Services } from '../../netrpc/index.js';
import type { Clock, Logger } from '../../support/index.js';
import { refusalOf } from './admission.js';

export interface ConnectionsOptions {
  readonly services: Services;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Told of every call before it runs. */
  readonly onCall: (serviceMethod: string) => void;
  readonly admit?: typeof refusalOf | undefined;
}

/** How long a client may take to read the last replies, ms. */
const LAST_REPLIES = 200;

/** The plugin's listening socket and who is connected to it. Any number of clients share the one machine. */
export class Connections {
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  #everOpen = false;
  #options: ConnectionsOptions | undefined;

  constructor() {
    // A peer's bytes are not read before it has been let in. A client may close its side and still listen.
    this.#server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
      socket.on('error', () => socket.destroy());
      void this.#receive(socket);
    });
  }

  /** Resolves with the address, such as `127.0.0.1:40123`. Connections wait until `serve` is called. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new TypeError('no TCP address');
    return `${address.address}:${address.port}`;
  }

  /** To be called in the same turn of the event loop as `listen` resolved, before a client can be accepted. */
  serve(options: ConnectionsOptions): void {
    this.#options = options;
  }

  /** True when clients were here and all have closed their side: nobody waits for anything any more. */
  get abandoned(): boolean {
    return this.#everOpen && [...this.#open].every((socket) => socket.readableEnded);
  }

  /** Lets the last replies out and closes everything. */
  async close(): Promise<void> {
    this.#server.close();
    const closed = [...this.#open].map(
      (socket) =>
        new Promise<void>((resolve) => {
          socket.once('close', () => resolve());
          socket.destroySoon();
        }),
    );
    if (closed.length === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, LAST_REPLIES);
    });
    await Promise.race([Promise.all(closed), patience]);
    clearTimeout(timer);
    for (const socket of this.#open) socket.destroy();
  }

  async #receive(socket: Socket): Promise<void> {
    const options = this.#options;
    if (options === undefined) {
      socket.destroy();
      return;
    }
    const { services, logger, clock, onCall, admit = refusalOf } = options;
    const refusal = await admit(socket, clock);
    if (refusal !== undefined) {
      logger.debug(`refused a connection from port ${String(socket.remotePort)}: ${refusal}`);
      socket.destroy();
      return;
    }
    this.#everOpen = true;
    this.#open.add(socket);
    const onError = (error: Error): void => logger.debug(`connection: ${error.message}`);
    const over = serveConnection(socket, services, { onCall, onError });
    socket.resume();
    await over;
    this.#open.delete(socket);
  }
}
