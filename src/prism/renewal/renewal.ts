import { isDeepStrictEqual } from 'node:util';
import type { CallContext, Connection } from '../../provider/index.js';
import { hasCode, OperationError, type Logger } from '../../support/index.js';

export interface RenewalParts<P> {
  readonly connection: Connection;
  /** Reads credentials and trust again where the first ones were found. */
  readonly readAgain: () => Promise<Connection>;
  /** A port on a connection. Sends nothing. */
  readonly open: (connection: Connection) => P;
  readonly logger: Logger;
}

/** A port that was opened, and how many calls are on it. */
interface Opened<P> {
  readonly connection: Connection;
  readonly port: P;
  calls: number;
  isReplaced: boolean;
}

/**
 * One port after the other to the same server: when credentials are refused, or its certificate is not trusted, they are
 * read again. Only other ones are tried, since a server locks accounts that try the same ones again and again. The call
 * is then done once more, which makes nothing twice: all that a port makes has its token or request id.
 */
export class Renewal<P extends { close(): Promise<void> }> {
  readonly #parts: RenewalParts<P>;
  #current: Opened<P>;
  /** Calls that are refused at the same time share it. */
  #renewing: Promise<Opened<P> | undefined> | undefined;

  constructor(parts: RenewalParts<P>) {
    this.#parts = parts;
    this.#current = this.#opened(parts.connection);
  }

  get port(): P {
    return this.#current.port;
  }

  async run<R>(work: (port: P) => Promise<R>, { signal }: CallContext): Promise<R> {
    const refused = this.#current;
    try {
      return await this.#on(refused, work);
    } catch (error) {
      if (signal.aborted || !hasCode(error, 'unauthenticated', 'untrusted-certificate')) throw error;
      const next = await this.#after(refused);
      if (next === undefined) throw error;
      signal.throwIfAborted();
      return await this.#on(next, work);
    }
  }

  async close(): Promise<void> {
    await this.#renewing;
    await this.#current.port.close();
  }

  #opened(connection: Connection): Opened<P> {
    return { connection, port: this.#parts.open(connection), calls: 0, isReplaced: false };
  }

  async #on<R>(one: Opened<P>, work: (port: P) => Promise<R>): Promise<R> {
    one.calls += 1;
    try {
      return await work(one.port);
    } finally {
      one.calls -= 1;
      await closeUnused(one);
    }
  }

  /** What is open instead of the one that was refused; undefined = there is nothing else to try. */
  async #after(refused: Opened<P>): Promise<Opened<P> | undefined> {
    if (this.#current !== refused) return this.#current;
    this.#renewing ??= this.#renew(refused).finally(() => (this.#renewing = undefined));
    return await this.#renewing;
  }

  async #renew(refused: Opened<P>): Promise<Opened<P> | undefined> {
    const { readAgain, logger } = this.#parts;
    try {
      const connection = await readAgain();
      if (isDeepStrictEqual(connection, refused.connection)) return undefined;
      this.#current = this.#opened(connection);
    } catch (error) {
      logger.warn(OperationError.from(error, 'read the credentials for Prism Central again').message);
      return undefined;
    }
    logger.info(
      'Prism Central has refused the credentials or its certificate has changed: both were read again.',
    );
    refused.isReplaced = true;
    await closeUnused(refused);
    return this.#current;
  }
}

/** Calls that are still on it end by themselves. */
async function closeUnused<P extends { close(): Promise<void> }>(one: Opened<P>): Promise<void> {
  if (one.isReplaced && one.calls === 0) await one.port.close();
}
