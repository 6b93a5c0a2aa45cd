import { gob, type GobType } from '../../src/gob/index.js';
import {
  emptyStruct,
  rpcMethod,
  type RpcContext,
  type ServeOptions,
  type RpcServices,
} from '../../src/netrpc/index.js';
import { repliesIn, type Reply } from './exchange.js';
import { deferred, RawClient, startServer, type LoopbackServer } from './loopback.js';

/** A method without argument and reply. */
export const beat = rpcMethod(emptyStruct, emptyStruct, () => ({}));

/** A call that ends when a test says so. */
export interface SlowCall {
  readonly call: RpcContext;
  finish(text: string): void;
  fail(error: Error): void;
}

/** A server with the service T, and one client that has opened RPC. */
export class Conversation {
  /** Methods in the order in which the server read their calls. */
  readonly seen: string[] = [];
  readonly slowCalls: SlowCall[] = [];
  #slowBegins: () => void = () => undefined;
  #open: { readonly server: LoopbackServer; readonly client: RawClient } | undefined;

  static async start(limits: ServeOptions['limits'] = {}): Promise<Conversation> {
    const talk = new Conversation();
    const onCall = (method: string): void => void talk.seen.push(method);
    const server = await startServer(talk.#services(), { limits, onCall });
    talk.#open = { server, client: await RawClient.open(server.port) };
    return talk;
  }

  get server(): LoopbackServer {
    return this.#opened.server;
  }

  get client(): RawClient {
    return this.#opened.client;
  }

  get #opened(): { readonly server: LoopbackServer; readonly client: RawClient } {
    if (this.#open === undefined) throw new Error('not started');
    return this.#open;
  }

  /** Waits until so many calls of T.Slow were begun. */
  async slowCallsBegun(count: number): Promise<void> {
    while (this.slowCalls.length < count) await new Promise<void>((resolve) => (this.#slowBegins = resolve));
  }

  /** Waits for so many replies, or the end. */
  async repliesUntil(count: number): Promise<Reply[]> {
    return repliesOf(await this.client.until((bytes) => repliesOf(bytes).length >= count));
  }

  /** Ends everything; a call that still runs is a mistake of the test. */
  async end(): Promise<void> {
    this.client.socket.destroy();
    await this.server.close();
    await Promise.all(this.server.served);
  }

  #services(): RpcServices {
    const slow = (_: unknown, call: RpcContext): Promise<string> => {
      const { promise, resolve, reject } = deferred<string>();
      this.slowCalls.push({ finish: resolve, fail: reject, call });
      this.#slowBegins();
      return promise;
    };
    const forgotten: GobType = gob.int;
    return {
      T: {
        Echo: rpcMethod(gob.string, gob.string, (text) => text),
        Slow: rpcMethod(emptyStruct, gob.string, slow),
        Beat: beat,
        WrongReply: rpcMethod(emptyStruct, forgotten, () => 'not a number'),
      },
    };
  }
}

/** The replies in what a server of these tests sent. */
export function repliesOf(bytes: Uint8Array): Reply[] {
  const types: Readonly<Record<string, GobType>> = { 'T.Echo': gob.string, 'T.Slow': gob.string };
  return repliesIn(bytes, (method) => types[method] ?? emptyStruct);
}

export function missing(): never {
  throw new Error('nothing there');
}
