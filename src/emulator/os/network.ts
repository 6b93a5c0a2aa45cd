import { createServer, type Server, type Socket } from 'node:net';
import type { GuestNic } from '../../simulator/index.js';

/** A NIC with the address that the guest uses on it. */
export interface Interface {
  readonly name: string;
  readonly nic: GuestNic;
  readonly address: string;
  readonly prefixLength: number;
}

/** A port that a program of the guest listens on. */
export interface Listener {
  readonly address: string;
  readonly port: number;
  readonly program: string;
  /** Closes the port; connections already made go on. */
  close(): Promise<void>;
}

interface OpenListener extends Listener {
  readonly server: Server;
}

/** The guest's addresses and every socket on them, so that losing power drops all at once. */
export class GuestNetwork {
  readonly #listeners = new Set<OpenListener>();
  readonly #sockets = new Set<Socket>();
  #down = false;

  constructor(readonly interfaces: readonly Interface[]) {}

  get addresses(): string[] {
    return this.interfaces.map(({ address }) => address);
  }

  get listeners(): readonly Listener[] {
    return [...this.#listeners];
  }

  /** Sockets of connections that are open now. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** Listens on an address of the guest. Rejects with Node's error (EADDRINUSE, EACCES, …). */
  async listen(
    address: string,
    port: number,
    program: string,
    accept: (socket: Socket) => void,
  ): Promise<Listener> {
    const server = createServer((socket) => {
      this.#track(socket);
      accept(socket);
    });
    await opened(server, address, port);
    const listener: OpenListener = { address, port, program, server, close: () => this.#close(listener) };
    this.#listeners.add(listener);
    if (this.#down) await this.#close(listener);
    return listener;
  }

  /** Power is gone: no port listens and no connection is open when this resolves. */
  async down(): Promise<void> {
    this.#down = true;
    for (const listener of this.#listeners) void this.#close(listener);
    const closed = [...this.#sockets].map(
      (socket) => new Promise((resolve) => socket.once('close', resolve)),
    );
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(closed);
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    // A vanished client is the network's everyday life, not a fault of the guest.
    socket.on('error', () => socket.destroy());
    if (this.#down) socket.destroy();
  }

  /** Resolves once the port is free; connections that are still open do not hold it up. */
  #close(listener: OpenListener): Promise<void> {
    if (!this.#listeners.delete(listener)) return Promise.resolve();
    listener.server.close();
    return Promise.resolve();
  }
}

function opened(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => {
      server.removeListener('error', reject);
      server.on('error', () => undefined);
      resolve();
    });
  });
}

/** Whether the port could be opened now; resolves with the error if not. */
export function probePort(host: string, port: number): Promise<Error | undefined> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', resolve);
    server.listen({ host, port, exclusive: true }, () => {
      server.close();
      resolve(undefined);
    });
  });
}
