import https from 'node:https';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import type { Connection } from '../../provider/index.js';
import { OperationError } from '../../support/index.js';
import { trustAdvice } from './advice.js';
import { NoAnswer } from './failure.js';
import { connectFailure, errorCode } from './no-answer.js';
import { chooseProxy, openTunnel } from './proxy.js';
import { systemAuthorities } from './system-authorities.js';
import { acceptPeer, describePeer, isCertificateProblem, trustOptions } from './trust.js';

const CONNECT_TIMEOUT_MS = 10_000;
/** Enough for parallel look-ups, few enough for the smallest Prism Central (30 requests per second). */
const MAX_SOCKETS = 8;

/**
 * Connections to one Prism Central: kept alive, through a proxy where one is set, and verified before HTTP gets
 * them. A failure to connect is an OperationError with a NoAnswer as its cause.
 */
export class VerifiedAgent extends https.Agent {
  readonly #connection: Connection;
  readonly #timeoutMs: number;

  constructor(connection: Connection, timeoutMs = CONNECT_TIMEOUT_MS) {
    super({ keepAlive: true, maxSockets: MAX_SOCKETS });
    this.#connection = connection;
    this.#timeoutMs = timeoutMs;
  }

  override createConnection(
    _options: unknown,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    this.#open().then(
      (socket) => callback?.(null, socket),
      // The callback's second argument is not read when there is an error.
      (error: unknown) => callback?.(OperationError.from(error, this.#attempted()), new net.Socket()),
    );
    return undefined;
  }

  #attempted(): string {
    const { host, port } = this.#connection;
    return `connect to ${host} port ${port}`;
  }

  async #open(): Promise<tls.TLSSocket> {
    const { trust } = this.#connection;
    try {
      const socket = await this.#handshake(trustOptions(trust));
      const objection = acceptPeer(trust, socket);
      if (objection === undefined) return socket;
      socket.destroy();
      throw await this.#untrusted(objection);
    } catch (error) {
      if (error instanceof OperationError) throw error;
      if (!isCertificateProblem(errorCode(error))) throw connectFailure(this.#attempted(), error);
      if (trust.kind === 'system') return await this.#openWithSystemAuthorities();
      throw await this.#untrusted(messageOf(error), error);
    }
  }

  async #openWithSystemAuthorities(): Promise<tls.TLSSocket> {
    try {
      return await this.#handshake(trustOptions(this.#connection.trust, await systemAuthorities()));
    } catch (error) {
      if (isCertificateProblem(errorCode(error))) throw await this.#untrusted(messageOf(error), error);
      throw connectFailure(this.#attempted(), error);
    }
  }

  /** Looks at the certificate once more, over a connection on which nothing is sent, to be able to name it. */
  async #untrusted(problem: string, cause?: unknown): Promise<OperationError> {
    let peer;
    try {
      const socket = await this.#handshake({ rejectUnauthorized: false });
      peer = describePeer(socket);
      socket.destroy();
    } catch {
      // The first refusal is what matters.
    }
    return new OperationError({
      code: 'untrusted-certificate',
      attempted: this.#attempted(),
      problem: peer === undefined ? problem : `${problem}; ${peer.text}`,
      advice: peer === undefined ? undefined : trustAdvice(peer.fingerprint),
      cause: new NoAnswer('trust', false, cause),
    });
  }

  async #handshake(options: tls.ConnectionOptions): Promise<tls.TLSSocket> {
    const { host, port, proxyUrl } = this.#connection;
    const limit = AbortSignal.timeout(this.#timeoutMs);
    const proxy = chooseProxy(host, port, proxyUrl);
    const tunnel = proxy === undefined ? undefined : await openTunnel(proxy, host, port, limit);
    const servername = net.isIP(host) === 0 ? host : '';
    const target = tunnel === undefined ? { host, port } : { socket: tunnel, host };
    return await secured(tls.connect({ ...options, ...target, servername }), limit);
  }
}

function secured(socket: tls.TLSSocket, limit: AbortSignal): Promise<tls.TLSSocket> {
  return new Promise((resolve, reject) => {
    const onLimit = (): void => {
      socket.destroy();
      reject(Object.assign(new Error('no connection in time'), { code: 'ETIMEDOUT' }));
    };
    const onError = (error: Error): void => {
      limit.removeEventListener('abort', onLimit);
      socket.destroy();
      reject(error);
    };
    limit.addEventListener('abort', onLimit, { once: true });
    socket.once('error', onError);
    socket.once('close', () => onError(Object.assign(new Error('closed'), { code: 'ECONNRESET' })));
    socket.once('secureConnect', () => {
      limit.removeEventListener('abort', onLimit);
      socket.removeListener('error', onError);
      resolve(socket);
    });
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
