import type { HostLifecycle } from '../host/index.js';
import { hasCode, OperationError } from '../support/index.js';

/** How a connection to the host's cloud is made. */
export interface ConnectionSource {
  /**
   * Finds credentials and connects. `warn` takes what has to be said of the credentials. Rejects with an
   * OperationError.
   */
  open(warn: (text: string) => void): Promise<OpenConnection>;
  /**
   * Where credentials that were refused, or the trust in a certificate, are to be changed, as a full sentence;
   * undefined where the user knows.
   */
  placeOf(refused: 'credentials' | 'trust'): string | undefined;
}

export interface OpenConnection {
  readonly hosts: HostLifecycle;
  /** What is known of the cloud's API by now (`Provider.spokenApi`). */
  readonly spokenApi?: string | undefined;
  close(): Promise<void>;
}

/** The connection to the host's cloud: opened when it is first needed, and kept for the process. */
export class HostConnection {
  readonly #source: ConnectionSource;
  /** What the user was told of credentials, and what not yet. */
  readonly #warnings = new Map<string, 'new' | 'told'>();
  #opened: Promise<OpenConnection> | undefined;
  #connection: OpenConnection | undefined;

  constructor(source: ConnectionSource) {
    this.#source = source;
  }

  /**
   * Rejects with an OperationError when the configuration or its credentials are no good; tried anew next
   * time. Opening is not tied to the call that began it: a helper for the credentials may take longer than a
   * request for the state may, and then serves the next call.
   */
  async hosts(signal: AbortSignal): Promise<HostLifecycle> {
    const opening = (this.#opened ??= this.#open());
    try {
      this.#connection = await orAborted(opening, signal);
      return this.#connection.hosts;
    } catch (error) {
      if (this.#opened === opening && !signal.aborted) this.#opened = undefined;
      throw error;
    }
  }

  /** What the connection has found out about the cloud's API. */
  get spokenApi(): string | undefined {
    return this.#connection?.spokenApi;
  }

  /**
   * What is to be said of the credentials, each sentence once for the process. A request for the state may have found
   * it, and such requests do not speak to the user.
   */
  takeWarnings(): readonly string[] {
    const texts = [...this.#warnings].flatMap(([text, state]) => (state === 'new' ? [text] : []));
    for (const text of texts) this.#warnings.set(text, 'told');
    return texts;
  }

  /**
   * The error of work on the connection, with the place where what was refused is to be changed. Refused credentials
   * are looked up anew the next time.
   */
  refused(error: unknown): unknown {
    if (hasCode(error, 'untrusted-certificate')) return withAdvice(error, this.#source.placeOf('trust'));
    if (!hasCode(error, 'unauthenticated')) return error;
    this.forget();
    return withAdvice(error, this.#source.placeOf('credentials'));
  }

  /** Closes the connection; the next call makes a new one. Credentials or endpoint may have changed. */
  forget(): void {
    const opened = this.#opened;
    this.#opened = undefined;
    this.#connection = undefined;
    opened
      ?.then(async (connection) => await connection.close())
      .catch(() => {
        // The connection was never made, or cannot be closed: there is nothing to release.
      });
  }

  async #open(): Promise<OpenConnection> {
    return await this.#source.open((text) => {
      if (!this.#warnings.has(text)) this.#warnings.set(text, 'new');
    });
  }
}

function withAdvice(error: OperationError, more: string | undefined): OperationError {
  if (more === undefined) return error;
  const advice = error.advice === undefined ? more : `${error.advice} ${more}`;
  return error.with({ advice, cause: error });
}

/** The promise's outcome, or the signal's reason if that comes first. */
async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let abort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(OperationError.from(signal.reason, 'connect to Prism Central'));
    signal.addEventListener('abort', abort, { once: true });
  });
  return await Promise.race([promise, aborted]).finally(() => signal.removeEventListener('abort', abort));
}
