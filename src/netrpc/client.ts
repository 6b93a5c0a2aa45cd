import { connect, type Socket } from 'node:net';

import { GobDecoder, GobEncoder, GobError, type GobType, type TypedValue } from '../gob/index.js';
import { openRpc } from './preamble.js';
import { requestType, responseType, type ResponseHeader } from './headers.js';
import { abortCause, RpcError } from './rpc-error.js';

export interface ConnectOptions {
  readonly host: string;
  readonly port: number;
  /** Gives up connecting; of no effect once connected. */
  readonly signal?: AbortSignal | undefined;
}

/** A call that was sent and not answered. */
interface Waiting {
  /** Reads the reply's body and hands it to the caller; false if it has not arrived whole. */
  readBody(decoder: GobDecoder): boolean;
  reject(error: Error): void;
}

/** The client's end of a connection: any number of calls at the same time, answered in any order. */
export class RpcClient {
  readonly #socket: Socket;
  readonly #encoder: GobEncoder;
  readonly #decoder = new GobDecoder();
  readonly #waiting = new Map<number, Waiting>();
  /** A header whose body has not arrived; what to do with the body does not change any more. */
  #reply: { readonly header: ResponseHeader; readonly waiting: Waiting | undefined } | undefined;
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
  call<A, R>(
    serviceMethod: string,
    argument: TypedValue<A>,
    reply: GobType<R>,
    signal?: AbortSignal,
  ): Promise<R> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) throw abortCause(signal);
      if (this.#end !== undefined) throw this.#end;
      const seq = this.#seq;
      const header = { type: requestType, value: { ServiceMethod: serviceMethod, Seq: seq } };
      this.#encoder.encodeAll([header, argument]);
      this.#seq++;
      if (signal === undefined) {
        this.#waiting.set(seq, waitingFor(reply, resolve, reject));
        return;
      }
      const abort = (): void => {
        this.#waiting.delete(seq);
        reject(abortCause(signal));
      };
      const after = <T>(settle: (outcome: T) => void) => {
        return (outcome: T): void => {
          signal.removeEventListener('abort', abort);
          settle(outcome);
        };
      };
      signal.addEventListener('abort', abort, { once: true });
      this.#waiting.set(seq, waitingFor(reply, after(resolve), after(reject)));
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
  #readHeader(): { readonly header: ResponseHeader; readonly waiting: Waiting | undefined } | undefined {
    const header = this.#decoder.decode(responseType);
    if (header === undefined) return undefined;
    const seq = Number(header.value.Seq);
    const waiting = this.#waiting.get(seq);
    this.#waiting.delete(seq);
    return { header: header.value, waiting };
  }

  #readBody(waiting: Waiting): boolean {
    try {
      return waiting.readBody(this.#decoder);
    } catch (error) {
      if (!(error instanceof GobError) || !error.recoverable) throw error;
      waiting.reject(error);
      return true;
    }
  }

  #fail(reason: RpcError): void {
    this.#end ??= reason;
    this.#reply?.waiting?.reject(this.#end);
    for (const waiting of this.#waiting.values()) waiting.reject(this.#end);
    this.#waiting.clear();
  }
}

function waitingFor<R>(
  type: GobType<R>,
  resolve: (reply: R) => void,
  reject: (error: Error) => void,
): Waiting {
  const readBody = (decoder: GobDecoder): boolean => {
    const body = decoder.decode(type);
    if (body !== undefined) resolve(body.value);
    return body !== undefined;
  };
  return { readBody, reject };
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
