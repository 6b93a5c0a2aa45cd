import https from 'node:https';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type tls from 'node:tls';
import type { Connection } from '../../provider/index.js';
import { OperationError } from '../../support/index.js';
import { trustAdvice, type TrustSettings } from './advice.js';
import { NoAnswer } from './failure.js';
import { handshake } from './handshake.js';
import { connectFailure, errorCode } from './no-answer.js';
import { systemAuthorities } from './system-authorities.js';
import { acceptPeer, describePeer, isCertificateProblem, trustOptions } from './trust.js';

/** Time for one connection: name, TCP, proxy and TLS together. */
const CONNECT_TIMEOUT_MS = 10_000;
/** Enough for parallel look-ups, few enough for the smallest Prism Central (30 requests per second). */
const MAX_SOCKETS = 8;

/** Connections to one Prism Central, kept alive; HTTP gets them only when their peer is trusted. */
export class VerifiedAgent extends https.Agent {
  readonly #connection: Connection;
  readonly #settings: TrustSettings | undefined;
  /** Set when the runtime's own authorities were not enough, so that later connections need not find out. */
  #authorities: readonly string[] | undefined;
  /** Trust does not change while we run: what was refused once is not looked at again. */
  #refused: OperationError | undefined;

  constructor(connection: Connection, settings?: TrustSettings) {
    super({ keepAlive: true, maxSockets: MAX_SOCKETS });
    this.#connection = connection;
    this.#settings = settings;
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

  /** A connection whose peer is trusted. Rejects with an OperationError whose cause is a NoAnswer. */
  async #open(): Promise<tls.TLSSocket> {
    if (this.#refused !== undefined) throw this.#refused;
    const { trust } = this.#connection;
    try {
      const socket = await this.#handshake().catch(async (error: unknown) => {
        if (trust.kind !== 'system' || !isCertificateProblem(errorCode(error))) throw error;
        this.#authorities ??= await systemAuthorities();
        return await this.#handshake();
      });
      const objection = acceptPeer(trust, socket);
      if (objection === undefined) return socket;
      socket.destroy();
      throw (this.#refused = await untrusted(this.#connection, this.#settings, objection));
    } catch (error) {
      if (error instanceof OperationError) throw error;
      if (!isCertificateProblem(errorCode(error))) throw connectFailure(connecting(this.#connection), error);
      const problem = error instanceof Error ? error.message : String(error);
      throw (this.#refused = await untrusted(this.#connection, this.#settings, problem, error));
    }
  }

  #handshake(): Promise<tls.TLSSocket> {
    const options = trustOptions(this.#connection.trust, this.#authorities);
    return handshake(this.#connection, options, CONNECT_TIMEOUT_MS);
  }
}

function connecting({ host, port }: Connection): string {
  return `connect to ${host} port ${port}`;
}

/** Looks at the certificate once more, over a connection on which nothing is sent, to be able to name it. */
async function untrusted(
  connection: Connection,
  settings: TrustSettings | undefined,
  problem: string,
  cause?: unknown,
): Promise<OperationError> {
  const peer = await handshake(connection, { rejectUnauthorized: false }, CONNECT_TIMEOUT_MS).then(
    (socket) => {
      const description = describePeer(socket);
      socket.destroy();
      return description;
    },
    () => undefined, // The first refusal is what matters.
  );
  return new OperationError({
    code: 'untrusted-certificate',
    attempted: connecting(connection),
    problem: peer === undefined ? problem : `${problem}; ${peer.text}`,
    advice: peer === undefined ? undefined : trustAdvice(peer.fingerprint, settings),
    cause: new NoAnswer('trust', false, cause),
  });
}
