import https from 'node:https';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type tls from 'node:tls';
import type { Connection } from '../../../provider/index.js';
import { OperationError, systemCode, urlHost } from '../../../support/index.js';
import { trustAdvice, type SettingNames } from '../advice.js';
import type { ProxyVariables } from '../proxy-variables.js';
import { NoAnswer, noAnswerBehind } from '../failure.js';
import { handshake } from './handshake.js';
import { connectFailure } from '../no-answer.js';
import { chooseProxy, nameOfProxy, proxyAdvice, type Proxy } from '../proxy/index.js';
import { systemAuthorities } from '../trust/system-authorities.js';
import { acceptPeer, describePeer, isCertificateProblem, trustOptions } from '../trust/trust.js';

/** Enough for parallel look-ups, few enough for the smallest Prism Central (30 requests per second). */
const MAX_SOCKETS = 8;

/** Makes the connections of an HTTP client. */
export class VerifiedAgent extends https.Agent {
  readonly #open: () => Promise<tls.TLSSocket>;

  constructor(open: () => Promise<tls.TLSSocket>, keepAlive: boolean) {
    super({ keepAlive, maxSockets: MAX_SOCKETS });
    this.#open = open;
  }

  override createConnection(
    _options: unknown,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    this.#open().then(
      (socket) => callback?.(null, socket),
      // The second argument is not read when there is an error.
      (error: unknown) => callback?.(error instanceof Error ? error : new Error(String(error)), new Socket()),
    );
    return undefined;
  }
}

/** Connects to one Prism Central only: a connection is given out when its peer is trusted. */
export class Connector {
  readonly #connection: Connection;
  readonly #connectMs: number;
  readonly #settings: SettingNames | undefined;
  readonly #environment: ProxyVariables;
  /** Set when the runtime's own authorities were not enough, so that later connections need not find out. */
  #authorities: readonly string[] | undefined;
  /** Trust and credentials do not change while we run: what was refused once is not tried again. */
  #refused: OperationError | undefined;
  #proxy: Proxy | undefined;
  #opening = 0;
  /** Begun before it is needed. */
  #prepared: Promise<tls.TLSSocket> | undefined;

  /** `connectMs` is the time for one connection: name, TCP, proxy and TLS together. */
  constructor(
    connection: Connection,
    connectMs: number,
    settings: SettingNames | undefined,
    environment: ProxyVariables,
  ) {
    this.#connection = connection;
    this.#connectMs = connectMs;
    this.#settings = settings;
    this.#environment = environment;
  }

  /** For error texts: where the server is, and through which proxy it is reached. */
  get server(): string {
    const { host, port } = this.#connection;
    return `${urlHost(host)}:${port}${throughProxy(this.#proxy)}`;
  }

  /** A connection is being made at the moment. */
  get isConnecting(): boolean {
    return this.#opening > 0;
  }

  /** Begins a connection, for the `take` that will come: the handshake takes as long as what the caller does meanwhile. */
  prepare(): void {
    if (this.#prepared !== undefined) return;
    const prepared = (this.#prepared = this.open());
    prepared.then(
      // Nothing else listens until it is taken, and an error without a listener would end the process.
      (socket) => socket.on('error', () => socket.destroy()),
      () => undefined, // Told to the caller that takes it.
    );
  }

  /** The connection that was prepared, unless the server has closed it meanwhile; else another one. */
  async take(): Promise<tls.TLSSocket> {
    const prepared = this.#prepared;
    this.#prepared = undefined;
    const socket = await prepared;
    return socket?.writable === true ? socket : await this.open();
  }

  /** Closes what was prepared and not taken. */
  close(): void {
    this.#prepared?.then(
      (socket) => socket.destroy(),
      () => undefined,
    );
    this.#prepared = undefined;
  }

  async open(): Promise<tls.TLSSocket> {
    this.#opening += 1;
    try {
      return await this.#open();
    } finally {
      this.#opening -= 1;
    }
  }

  /** A connection whose peer is trusted. Rejects with an OperationError whose cause is a NoAnswer. */
  async #open(): Promise<tls.TLSSocket> {
    if (this.#refused !== undefined) throw this.#refused;
    const { trust } = this.#connection;
    const proxy = (this.#proxy = proxyFor(this.#connection, this.#settings, this.#environment));
    const attempted = connecting(this.#connection, proxy);
    try {
      const socket = await this.#handshake(proxy).catch(async (error: unknown) => {
        if (trust.kind !== 'system' || !isCertificateProblem(systemCode(error))) throw error;
        this.#authorities ??= await systemAuthorities(this.#environment);
        return await this.#handshake(proxy);
      });
      const objection = acceptPeer(trust, socket);
      if (objection === undefined) return socket;
      socket.destroy();
      throw (this.#refused = await this.#untrusted(attempted, proxy, objection));
    } catch (error) {
      if (error instanceof OperationError) {
        // A proxy locks accounts as a directory does.
        if (noAnswerBehind(error)?.kind === 'proxy-sign-in') this.#refused = error;
        throw error;
      }
      if (!isCertificateProblem(systemCode(error))) {
        throw connectFailure(attempted, error, proxy === undefined ? undefined : proxyAdvice(proxy));
      }
      const problem = error instanceof Error ? error.message : String(error);
      throw (this.#refused = await this.#untrusted(attempted, proxy, problem, error));
    }
  }

  #handshake(proxy: Proxy | undefined): Promise<tls.TLSSocket> {
    const options = trustOptions(this.#connection.trust, this.#authorities);
    return handshake(this.#connection, proxy, options, this.#connectMs, this.#environment);
  }

  /** Looks at the certificate once more, over a connection on which nothing is sent, to be able to name it. */
  async #untrusted(
    attempted: string,
    proxy: Proxy | undefined,
    problem: string,
    cause?: unknown,
  ): Promise<OperationError> {
    const look = handshake(
      this.#connection,
      proxy,
      { rejectUnauthorized: false },
      this.#connectMs,
      this.#environment,
    );
    const peer = await look.then(
      (socket) => {
        const description = describePeer(socket);
        socket.destroy();
        return description;
      },
      () => undefined, // The first refusal is what matters.
    );
    return new OperationError({
      code: 'untrusted-certificate',
      attempted,
      problem: peer === undefined ? problem : `${problem}; ${peer.text}`,
      advice: peer === undefined ? undefined : trustAdvice(peer.fingerprint, this.#settings),
      concerns: peer === undefined ? undefined : { kind: 'certificate', name: peer.fingerprint },
      cause: new NoAnswer('trust', false, cause),
    });
  }
}

/** The proxy on the way to a server. @throws OperationError when its address cannot be understood */
function proxyFor(
  { host, port, proxyUrl }: Connection,
  settings: SettingNames | undefined,
  environment: ProxyVariables,
): Proxy | undefined {
  const setting = settings?.proxy ?? 'the proxy setting';
  return chooseProxy(
    host,
    port,
    proxyUrl === undefined ? undefined : { text: proxyUrl, setting },
    environment,
  );
}

function connecting({ host, port }: Connection, proxy: Proxy | undefined): string {
  return `connect to ${host} port ${port}${throughProxy(proxy)}`;
}

function throughProxy(proxy: Proxy | undefined): string {
  return proxy === undefined ? '' : ` through ${nameOfProxy(proxy)}`;
}
