import type { Socket } from 'node:net';

import { PendingCalls } from './pending-calls.js';
import { ReplyWriter } from './reply-writer.js';
import { RequestReader, type Incoming } from './request-reader.js';
import { RpcError, textOfThrown } from './rpc-error.js';
import { DEFAULT_PATH, DEFAULT_SERVE_LIMITS, type ServeLimits, type ServeOptions } from './serve-options.js';
import { ServerPreamble } from './server-preamble.js';
import type { Services } from './services.js';

/**
 * Serves one accepted connection: the HTTP opening, then calls, which run at the same time and are answered as
 * they end. When the client closes its side, or sends what cannot be read, running calls are answered first;
 * then the connection is closed. When the connection breaks, the signals of running calls are aborted.
 *
 * Resolves when the connection is closed and no call runs any more. Never rejects.
 */
export function serveConnection(
  socket: Socket,
  services: Services,
  options: ServeOptions = {},
): Promise<void> {
  return new ServerConnection(socket, services, options).over;
}

/**
 * - `opening`   the HTTP request has not been read whole
 * - `serving`   requests are read
 * - `draining`  no more are read; running calls are answered
 * - `closing`   everything was answered; the client's side is waited for, a short time
 */
type Phase = 'opening' | 'serving' | 'draining' | 'closing' | 'closed';

class ServerConnection {
  readonly over: Promise<void>;
  readonly #socket: Socket;
  readonly #options: ServeOptions;
  readonly #limits: ServeLimits;
  readonly #preamble: ServerPreamble;
  readonly #requests: RequestReader;
  readonly #replies: ReplyWriter;
  readonly #calls = new PendingCalls();
  #resolve: () => void = () => undefined;
  #phase: Phase = 'opening';
  #clientEnded = false;
  #isPumping = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(socket: Socket, services: Services, options: ServeOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#limits = { ...DEFAULT_SERVE_LIMITS, ...options.limits };
    this.#preamble = new ServerPreamble(options.path ?? DEFAULT_PATH, this.#limits.maxPreambleBytes);
    this.#requests = new RequestReader(services, this.#limits.gob);
    this.#replies = new ReplyWriter(socket);
    this.over = new Promise((resolve) => (this.#resolve = resolve));
    this.#listen();
  }

  #listen(): void {
    const socket = this.#socket;
    // The client may close its side and still wait for replies.
    socket.allowHalfOpen = true;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Uint8Array) => this.#onData(chunk));
    socket.on('drain', () => this.#pump());
    socket.on('end', () => this.#onEnd());
    socket.on('error', (error) => this.#options.onError?.(error));
    socket.on('close', () => this.#onClose());
    this.#after(this.#limits.preambleTimeoutMs, () => this.#refuse('', 'no HTTP request'));
  }

  #onData(chunk: Uint8Array): void {
    if (this.#phase === 'opening') {
      this.#open(chunk);
    } else if (this.#phase === 'serving') {
      this.#requests.push(chunk);
      this.#pump();
    }
  }

  #open(chunk: Uint8Array): void {
    const opening = this.#preamble.push(chunk);
    if (opening === undefined) return;
    if (!opening.accepted) {
      this.#refuse(opening.reply, 'not a net/rpc client');
      return;
    }
    clearTimeout(this.#timer);
    this.#phase = 'serving';
    this.#socket.write(opening.reply);
    this.#requests.push(opening.rest);
    this.#pump();
  }

  #refuse(reply: string, problem: string): void {
    this.#options.onError?.(new RpcError('protocol', problem));
    if (reply !== '') this.#socket.write(reply);
    this.#close();
  }

  #onEnd(): void {
    this.#clientEnded = true;
    if (this.#phase === 'opening') this.#refuse(this.#preamble.end(), 'closed before the HTTP request');
    else this.#pump();
  }

  /** Reads and starts what can be started; called whenever one of the reasons to wait may have gone. */
  #pump(): void {
    if (this.#isPumping || this.#phase === 'closing' || this.#phase === 'closed') return;
    this.#isPumping = true;
    while (this.#phase === 'serving' && !this.#isBusy) {
      const incoming = this.#next();
      if (incoming === undefined) break;
      this.#run(incoming);
    }
    this.#isPumping = false;
    this.#replies.flush();
    if (this.#phase === 'draining' && this.#calls.size === 0) this.#close();
    else if (this.#phase === 'serving' && this.#isBusy) this.#socket.pause();
    else this.#socket.resume();
  }

  get #isBusy(): boolean {
    return this.#calls.size >= this.#limits.maxPendingCalls || this.#replies.isCongested;
  }

  #next(): Incoming | undefined {
    try {
      const incoming = this.#requests.next();
      if (incoming !== undefined) return incoming;
      if (!this.#clientEnded) return undefined;
      this.#requests.end();
    } catch (error) {
      this.#options.onError?.(
        new RpcError('protocol', `request not understood: ${textOfThrown(error)}`, { cause: error }),
      );
    }
    this.#phase = 'draining';
    return undefined;
  }

  #run(incoming: Incoming): void {
    const { request } = incoming;
    this.#options.onCall?.(request.ServiceMethod);
    if ('error' in incoming) {
      this.#replies.failure(request, incoming.error);
      return;
    }
    const { method, argument } = incoming;
    const call = this.#calls.begin();
    const finish = (answer: () => void): void => {
      this.#calls.finish(call);
      answer();
      this.#pump();
      this.#settle();
    };
    const succeed = (value: unknown): void =>
      finish(() => this.#replies.success(request, method.reply, value));
    const fail = (error: unknown): void => finish(() => this.#replies.failure(request, textOfThrown(error)));
    try {
      const result = method.handle(argument, call);
      if (isPromise(result)) result.then(succeed, fail);
      else succeed(result);
    } catch (error) {
      fail(error);
    }
  }

  /** Says that no more replies come. The client gets a short time to close its side too. */
  #close(): void {
    this.#phase = 'closing';
    this.#socket.resume();
    this.#socket.end();
    this.#after(this.#limits.lingerMs, () => this.#socket.destroy());
  }

  #onClose(): void {
    clearTimeout(this.#timer);
    this.#phase = 'closed';
    this.#calls.abort(new RpcError('connection', 'the connection to the client was lost'));
    this.#settle();
  }

  #settle(): void {
    if (this.#phase === 'closed' && this.#calls.size === 0) this.#resolve();
  }

  #after(ms: number, act: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(act, ms);
  }
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
