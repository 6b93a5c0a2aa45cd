import type { Socket } from 'node:net';
import { GobDecoder, GobEncoder, type GobType } from '../../src/gob/index.js';
import { emptyStruct, RpcClient } from '../../src/netrpc/index.js';
import { requestType, responseType } from '../../src/netrpc/headers.js';
import { deferred, OPENED, OPENING, startListening, type LoopbackServer } from './loopback.js';

/** The server's end of one connection, played by a test: sees the requests, says what it likes. */
export class PlayedServer {
  readonly #decoder = new GobDecoder();
  readonly #encoder: GobEncoder;
  #wake: () => void = () => undefined;

  constructor(readonly socket: Socket) {
    this.#encoder = new GobEncoder((bytes) => socket.write(bytes));
    socket.setNoDelay(true).on('error', () => undefined);
  }

  start(): void {
    this.socket.on('data', (chunk) => {
      this.#decoder.push(Buffer.from(chunk));
      this.#wake();
    });
  }

  /** Waits for a request, and reads it. */
  async request(type: GobType = emptyStruct): Promise<{ header: unknown; argument: unknown }> {
    const header = await this.#next(requestType);
    return { header, argument: await this.#next(type) };
  }

  reply(Seq: number, type: GobType, value: unknown, Error = ''): void {
    this.#encoder.encodeAll([
      { type: responseType, value: { ServiceMethod: 'T.X', Seq, Error } },
      { type, value },
    ]);
  }

  async #next(type: GobType): Promise<unknown> {
    for (;;) {
      const done = this.#decoder.decode(type);
      if (done !== undefined) return done.value;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

/** A listening server that answers the opening of its one connection in `pieces`. */
export interface Stage {
  readonly server: LoopbackServer;
  readonly played: Promise<PlayedServer>;
}

export async function playServer(pieces: readonly string[] = [OPENED]): Promise<Stage> {
  const { promise, resolve } = deferred<PlayedServer>();
  const server = await startListening((socket) => {
    const played = new PlayedServer(socket);
    socket.once('data', (opening) => {
      expect(opening.toString()).toBe(OPENING);
      played.start();
      for (const piece of pieces) socket.write(piece);
      resolve(played);
    });
  });
  return { server, played: promise };
}

/** A client of ours, connected to a played server. */
export async function connected(): Promise<{
  client: RpcClient;
  played: PlayedServer;
  server: LoopbackServer;
}> {
  const { server, played } = await playServer();
  const client = await RpcClient.connect({ host: '127.0.0.1', port: server.port });
  return { client, played: await played, server };
}
