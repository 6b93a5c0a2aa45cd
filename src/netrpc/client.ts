import { connect, type Socket } from 'node:net';

import { GobDecoder, GobEncoder, GobError, type GobType, type TypedValue } from '../gob/index.js';
import { openRpc } from './client-preamble.js';
import { isResponse, requestType, responseType, type Response } from './headers.js';
import { reasonOf, RpcError } from './rpc-error.js';

export interface ConnectOptions {
  readonly host: string;
  readonly port: number;
  /** Gives up connecting; of no effect once connected. */
  readonly signal?: AbortSignal | undefined;
}

interface Waiting {
  readonly reply: GobType;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** The client's end of a connection: any number of calls at the same time, answered in any order. */
export class RpcClient {
  readonly #socket: Socket;
  readonly #encoder: GobEncoder;
  readonly #decoder = new GobDecoder();
  readonly #waiting = new Map<number, Waiting>();
  /** A header whose body has not arrived; what to do with the body does not change any more. */
  #reply: { readonly header: Response; readonly waiting: Waiting | undefined } | undefined;
  #seq = 0;
  #end: RpcError | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#encoder = new GobEncoder((bytes) => socket.write(bytes));
  }

  /** @throws RpcError, or the signal's reason */
  static async connect({ host, port, signal }: ConnectOptions): Promise<RpcClient> {
    signal?.throwIfAborted();
    const socket = connect({ host, port });
    const abort = (): void => void socket.destroy();
    signal?.addEventListener('abort', abort, { once: true });
    try {
      await connected(socket);
      const rest = await openRpc(socket);
      const client = new RpcClient(socket);
      client.#listen(rest);
      return client;
    } catch (error) {
      socket.destroy();
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  /**
   * Calls `Service.Method`. Aborting the signal only stops waiting: the server is not told, its reply is dropped.
   *
   * @throws RpcError `remote` with the server's text, `connection` if it was lost; GobError if the argument or
   *   the reply is not of its type; the signal's reason
   */
  call(serviceMethod: string, argument: TypedValue, reply: GobType, signal?: AbortSignal): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) throw reasonOf(signal);
      if (this.#end !== undefined) throw this.#end;
      const seq = this.#seq;
      const header = { type: requestType, value: { ServiceMethod: serviceMethod, Seq: seq } };
      this.#encoder.encodeAll([header, argument]);
      this.#seq++;
      if (signal === undefined) {
        this.#waiting.set(seq, { reply, resolve, reject });
        return;
      }
      const abort = (): void => {
        this.#waiting.delete(seq);
        reject(reasonOf(signal));
      };
      const after = <T>(settle: (outcome: T) => void) => {
        return (outcome: T): void => {
          signal.removeEventListener('abort', abort);
          settle(outcome);
        };
      };
      signal.addEventListener('abort', abort, { once: true });
      this.#waiting.set(seq, { reply, resolve: after(resolve), reject: after(reject) });
    });
  }

  /** Closes the connection; calls that were not answered fail. */
  close(): void {
    this.#fail(new RpcError('connection', 'connection is shut down'));
    this.#socket.end(() => this.#socket.destroy());
  }

  #listen(rest: Buffer): void {
    this.#socket.setNoDelay(true);
    this.#socket.on('data', (chunk: Uint8Array) => this.#onData(chunk));
    this.#socket.on('error', (cause) => this.#fail(new RpcError('connection', cause.message, { cause })));
    this.#socket.on('end', () => this.#fail(new RpcError('connection', 'unexpected EOF')));
    this.#socket.on('close', () => this.#fail(new RpcError('connection', 'unexpected EOF')));
    this.#onData(rest);
    this.#socket.resume();
  }

  #onData(chunk: Uint8Array): void {
    if (this.#end !== undefined) return;
    this.#decoder.push(chunk);
    try {
      while (this.#readReply());
    } catch (cause) {
      if (!(cause instanceof GobError)) throw cause;
      this.#fail(new RpcError('protocol', `reading body ${cause.message}`, { cause }));
      this.#socket.destroy();
    }
  }

  /** True if a reply was read whole. */
  #readReply(): boolean {
    this.#reply ??= this.#readHeader();
    if (this.#reply === undefined) return false;
    const { header, waiting } = this.#reply;
    if (waiting === undefined || header.Error !== '') {
      if (!this.#decoder.skip()) return false;
      waiting?.reject(new RpcError('remote', header.Error));
    } else if (!this.#readBody(waiting)) {
      return false;
    }
    this.#reply = undefined;
    return true;
  }

  /** Takes the call that the header answers off the list. A reply to no call is read past. */
  #readHeader(): { readonly header: Response; readonly waiting: Waiting | undefined } | undefined {
    const header = this.#decoder.decode(responseType);
    if (header === undefined) return undefined;
    if (!isResponse(header.value)) throw new GobError('malformed', 'not a response header');
    const seq = Number(header.value.Seq);
    const waiting = this.#waiting.get(seq);
    this.#waiting.delete(seq);
    return { header: header.value, waiting };
  }

  #readBody(waiting: Waiting): boolean {
    try {
      const body = this.#decoder.decode(waiting.reply);
      if (body === undefined) return false;
      waiting.resolve(body.value);
    } catch (error) {
      if (!(error instanceof GobError) || !error.recoverable) throw error;
      waiting.reject(error);
    }
    return true;
  }

  #fail(reason: RpcError): void {
    this.#end ??= reason;
    this.#reply?.waiting?.reject(this.#end);
    for (const waiting of this.#waiting.values()) waiting.reject(this.#end);
    this.#waiting.clear();
  }
}

function connected(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (cause: Error): void => reject(new RpcError('connection', cause.message, { cause }));
    socket.once('error', onError);
    socket.once('close', () => reject(new RpcError('connection', 'the connection was closed')));
    socket.once('connect', () => {
      socket.off('error', onError);
      resolve();
    });
  });
}
