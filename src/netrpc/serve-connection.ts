import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

import { GobDecoder, type DecoderLimits } from '../gob/index.js';
import type { ByteBudget, ByteHolder } from './byte-budget.js';
import { ReplyWriter } from './reply-writer.js';
import { RequestReader, type Incoming } from './request-reader.js';
import { RpcError, textOfThrown } from './rpc-error.js';
import { RunningCalls } from './running-calls.js';
import { DEFAULT_PATH, ServerPreamble } from './preamble.js';
import type { RpcServices } from './methods.js';

export interface ServeLimits {
  /** Bytes of the HTTP request that opens a connection. */
  readonly maxPreambleBytes: number;
  /** How long a connection may take for that request, in ms. */
  readonly preambleTimeoutMs: number;
  /** Calls that run at the same time on one connection; more are left unread until one is answered. */
  readonly maxPendingCalls: number;
  /** How long, in ms, the client may take to close its side after it was sent everything. */
  readonly lingerMs: number;
  readonly gob: Partial<DecoderLimits>;
}

export interface ServeOptions {
  readonly path?: string | undefined;
  /** The HTTP opening was read and answered already: calls come. */
  readonly isOpened?: boolean | undefined;
  readonly limits?: Partial<ServeLimits> | undefined;
  /** Shared by all connections of a server; without one each has only its own limits. */
  readonly budget?: ByteBudget | undefined;
  /** Told of each call as soon as it was read, before it runs; unknown methods included. */
  readonly onCall?: ((serviceMethod: string) => void) | undefined;
  /** Told why a connection ended other than by the client closing it between two calls. */
  readonly onError?: ((error: Error) => void) | undefined;
}

export const DEFAULT_SERVE_LIMITS: ServeLimits = {
  maxPreambleBytes: 8 * 1024,
  preambleTimeoutMs: 10_000,
  maxPendingCalls: 256,
  lingerMs: 1_000,
  gob: {},
};

/**
 * Serves one accepted connection: the HTTP opening, then calls, which run at the same time and are answered as
 * they end. When the client closes its side, or sends what cannot be read, running calls are answered first;
 * then the connection is closed. When the connection breaks, the signals of running calls are aborted.
 *
 * Resolves when the connection is closed and no call runs any more. Never rejects.
 */
export function serveConnection(
  socket: Duplex,
  services: RpcServices,
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
  readonly #socket: Duplex;
  readonly #options: ServeOptions;
  readonly #limits: ServeLimits;
  readonly #preamble: ServerPreamble;
  /** What has arrived. */
  readonly #arrived: GobDecoder;
  readonly #requests: RequestReader;
  readonly #replies: ReplyWriter;
  readonly #calls: RunningCalls;
  #resolve: () => void = () => undefined;
  #phase: Phase = 'opening';
  #clientEnded = false;
  #isPumping = false;
  #timer: NodeJS.Timeout | undefined;
  readonly #holder: ByteHolder = { giveUp: (problem) => this.#giveUp(problem) };

  constructor(socket: Duplex, services: RpcServices, options: ServeOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#limits = { ...DEFAULT_SERVE_LIMITS, ...options.limits };
    if (options.isOpened === true) this.#phase = 'serving';
    this.#preamble = new ServerPreamble(options.path ?? DEFAULT_PATH, this.#limits.maxPreambleBytes);
    this.#arrived = new GobDecoder(this.#limits.gob);
    this.#requests = new RequestReader(this.#arrived, services);
    this.#replies = new ReplyWriter(socket);
    this.#calls = new RunningCalls(this.#replies, () => this.#onAnswered());
    this.over = new Promise((resolve) => (this.#resolve = resolve));
    this.#listen();
  }

  #listen(): void {
    const socket = this.#socket;
    // The client may close its side and still wait for replies.
    socket.allowHalfOpen = true;
    if (socket instanceof Socket) socket.setNoDelay(true);
    socket.on('data', (chunk: Uint8Array) => this.#onData(chunk));
    socket.on('drain', () => this.#pump());
    socket.on('end', () => this.#onEnd());
    socket.on('error', (cause) =>
      this.#options.onError?.(new RpcError('connection', cause.message, { cause })),
    );
    socket.on('close', () => this.#onClose());
    if (this.#phase === 'serving') return;
    this.#after(this.#limits.preambleTimeoutMs, () => this.#refuse('', 'no HTTP request'));
  }

  #onData(chunk: Uint8Array): void {
    if (this.#phase === 'opening') {
      this.#open(chunk);
    } else if (this.#phase === 'serving') {
      this.#arrived.push(chunk);
      this.#pump();
      this.#noteHeld();
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
    this.#arrived.push(opening.rest);
    this.#pump();
    this.#noteHeld();
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
      this.#options.onCall?.(incoming.request.ServiceMethod);
      this.#calls.run(incoming);
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
    this.#letGo();
    return undefined;
  }

  #noteHeld(): void {
    this.#options.budget?.note(this.#holder, this.#arrived.held + this.#calls.held);
  }

  /** Nothing more is read: what has arrived needs no memory any more. */
  #letGo(): void {
    this.#arrived.clear();
    this.#noteHeld();
  }

  /** The server's memory is needed for others. Running calls learn it as they learn of a lost connection. */
  #giveUp(problem: string): void {
    this.#phase = 'closing';
    this.#arrived.clear();
    this.#options.onError?.(new RpcError('protocol', problem));
    this.#socket.destroy();
  }

  #onAnswered(): void {
    this.#pump();
    this.#noteHeld();
    this.#settle();
  }

  /** Says that no more replies come. Once the client has them all, it gets a short time to close its side too. */
  #close(): void {
    this.#phase = 'closing';
    clearTimeout(this.#timer);
    this.#socket.resume();
    this.#socket.once('finish', () => this.#after(this.#limits.lingerMs, () => this.#socket.destroy()));
    this.#socket.end();
  }

  #onClose(): void {
    clearTimeout(this.#timer);
    this.#phase = 'closed';
    this.#letGo();
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
